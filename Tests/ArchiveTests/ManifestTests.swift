import Lifecycle
import Testing

@testable import Archive

extension Manifest {
    /// A manifest with something in every place.
    static func sample(
        run: String = "r1",
        host: String = "db1",
        at seconds: Double = 1_795_342_502.25,
        checksum: String = "00"
    )
        -> Manifest
    {
        Manifest(
            tool: "lvmbackup 1.0",
            run: run,
            host: host,
            machine: "0123456789abcdef",
            started: Timestamp(seconds: seconds),
            snapshotTaken: Timestamp(seconds: seconds + 1.001),
            published: Timestamp(seconds: seconds + 60),
            server: ServerFacts(
                flavour: "mariadb",
                version: "10.11",
                datadir: "/data",
                isReplica: true,
                engines: [],
                settings: ["innodb_page_size": "16384"],
                plugins: ["ha_rocksdb.so"]
            ),
            volume: VolumeFacts(name: "vg0/mysql", uuid: "u", filesystem: "xfs", size: 1),
            lock: LockFacts(
                plan: "stage",
                reason: "why",
                inconsistency: "because",
                waitedSeconds: 0.1,
                heldSeconds: 0.2,
                grantedAt: 7,
                releaseSentAt: 8,
                timings: LockTimings(
                    acquire: 0.1,
                    engineLogs: 0.01,
                    coordinates: 0.02,
                    snapshot: 0.15,
                    release: 0.03
                )
            ),
            coordinates: Coordinates(
                binlog: Coordinates.Position(file: "bin.1", position: 4),
                gtid: "0-1-2",
                replicaGTID: "0-1-1",
                channels: [Coordinates.Channel(name: "", sourceHost: "a", sourcePort: 3306, executed: nil)],
                inexactBecause: "because",
                statement: "CHANGE MASTER"
            ),
            snapshot: SnapshotFacts(name: "vg0/s", device: "/dev/s", uuid: "v", isThin: true, isKept: false),
            recovery: RecoveryFacts(clean: true),
            verification: Verification(level: "start"),
            unproven: ["lock"],
            archive: ArchiveFacts(
                location: "data.tar.zst",
                bytes: 3,
                sourceBytes: 5,
                members: 2,
                compression: "zstd:1",
                excludes: ["*.tmp"],
                outside: ["/other"],
                parts: [ArchiveDetails.Part(name: "data.tar.zst", bytes: 3, xxh3: checksum)]
            ),
            timings: ["lock": 0.5],
            warnings: ["careful"]
        )
    }
}

@Suite struct ManifestTests {
    @Test func `unknown numbers of an archive are null, and read again as such`() throws {
        var manifest = Manifest.sample()
        manifest.archive?.bytes = nil
        manifest.archive?.sourceBytes = nil
        manifest.archive?.members = nil
        let bytes = try ManifestFile.encode(manifest)
        let text = String(decoding: bytes, as: UTF8.self)
        for key in ["bytes", "source_bytes", "members"] { #expect(text.contains("\"\(key)\" : null"), "\(key)") }
        #expect(try ManifestFile.decode(bytes, path: "m").archive == manifest.archive)
    }

    @Test func `a manifest that could not be read again is not written`() {
        var manifest = Manifest.sample()
        manifest.warnings = [String(repeating: "x", count: 16 << 20)]
        #expect(throws: ArchiveError.self) { try ManifestFile.encode(manifest) }
    }

    @Test func `a manifest comes back as it was written`() throws {
        let bytes = try ManifestFile.encode(.sample())
        #expect(try ManifestFile.decode(bytes, path: "m") == .sample())
    }

    @Test(arguments: [0, 0.001, 0.999, 1_795_342_502.25, 1_795_342_502.007])
    func `a moment keeps its milliseconds`(seconds: Double) throws {
        var manifest = Manifest.sample()
        manifest.started = Timestamp(seconds: seconds)
        let bytes = try ManifestFile.encode(manifest)
        #expect(try ManifestFile.decode(bytes, path: "m").started.milliseconds == Int64((seconds * 1000).rounded()))
    }

    @Test func `keys are in snake case, moments in ISO 8601`() throws {
        let text = String(decoding: try ManifestFile.encode(.sample()), as: UTF8.self)
        #expect(text.contains(#""snapshot_taken" : "2026-11-22T10:15:03.251Z""#))
        #expect(text.contains(#""replica_gtid" : "0-1-1""#))
        #expect(text.contains(#""version" : 1"#))
    }

    @Test func `a manifest that was changed or damaged is refused, an old one without a checksum is read`() throws {
        let bytes = try ManifestFile.encode(.sample())
        let text = String(decoding: bytes, as: UTF8.self)
        for place in bytes.indices {
            var bad = bytes
            bad[place] ^= UInt8(1 << (place % 8))
            #expect(throws: ArchiveError.self, "\(place)") { try ManifestFile.decode(bad, path: "m") }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let old = [lines[0]] + lines.dropFirst(3)
        #expect(lines[1].contains("revision") && lines[2].contains("checksum"))
        #expect(try ManifestFile.decode(Array(old.joined(separator: "\n").utf8), path: "m") == .sample())
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"format":"other","version":1}"#, #"{"format":"lvmbackup","version":2}"#,
        #"{"format":"lvmbackup","version":1}"#,
    ])
    func `anything else is no manifest`(text: String) {
        #expect(throws: ArchiveError.self) { try ManifestFile.decode(Array(text.utf8), path: "m") }
    }
}
