import Glibc
import Lifecycle
import Testing

@testable import Archive

@Suite struct StepTests {
    private let directory: TemporaryDirectory
    private var rehearsal: Rehearsal

    init() async throws {
        directory = try TemporaryDirectory()
        rehearsal = try await Rehearsal(directory)
    }

    @Test mutating func `a run publishes a set that plain tar unpacks and that says what it is`() async throws {
        rehearsal.recoveryLog = directory.path("log")
        try directory.write("InnoDB: ok\n", to: "log")
        rehearsal.paths = [
            DataPath(role: .datadir, path: "/var/lib/mysql", pathOnVolume: "data"),
            DataPath(role: .tablespace, path: "/srv/t.ibd", pathOnVolume: "t.ibd"),
        ]
        try await shell("echo two > t.ibd", in: directory.path("volume"))
        let outcome = await rehearsal.run()
        #expect(outcome.failure == nil)
        let set = rehearsal.backups + "/" + rehearsal.runID
        #expect(outcome.set == BackupSet(id: rehearsal.runID, location: set, manifest: set + "/manifest.json"))
        #expect(try rehearsal.names() == [rehearsal.runID])
        let files = try await shell(
            "stat -c '%a %n' . *; mkdir ../t; tar -xf data.tar.zst -C ../t; cd ../t; find . -type f | sort",
            in: set
        )
        let modes = "700 .\n600 data.tar.zst\n600 index.jsonl\n600 manifest.json\n600 recovery.log\n"
        #expect(files == modes + "./.lvmbackup/outside/srv/t.ibd\n./ibdata1\n")
        let manifest = try rehearsal.manifest(rehearsal.runID)
        #expect(manifest.archive?.parts.map(\.name) == ["data.tar.zst", "index.jsonl", "recovery.log"])
        #expect(manifest.archive?.outside == ["/srv/t.ibd"])
        #expect(manifest.coordinates?.gtid == "0-1-7")
        #expect(manifest.recovery?.clean == true)
        #expect(manifest.lock?.plan == "stage")
        #expect(manifest.snapshotTaken != nil)
        #expect(rehearsal.intended.value == 1)
    }

    @Test mutating func `options that hook files were given for the run are in the manifest`() async throws {
        rehearsal.archive.hookOptions = ["hours": ["override": "true"]]
        #expect(await rehearsal.run().failure == nil)
        #expect(try rehearsal.manifest(rehearsal.runID).hookOptions == ["hours": ["override": "true"]])
    }

    @Test mutating func `filters change name and patterns, and are checked like an operator's words`() async throws {
        rehearsal.hooks.filter(.archiveName) { _, _ in "nightly" }
        rehearsal.hooks.filter(.archiveExclude) { _, patterns in patterns + ["*1"] }
        #expect(await rehearsal.run().failure == nil)
        #expect(try rehearsal.names() == ["nightly"])
        #expect(try rehearsal.manifest("nightly").archive?.excludes == ["*1"])
        #expect(try rehearsal.manifest("nightly").archive?.members == 1)
        rehearsal.hooks.filter(.archiveName) { _, _ in "etc/cron.d" }
        let outcome = await rehearsal.run()
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.failure?.message.contains("contains a slash") == true)
    }

    /// The server's user may set as many attributes as the file system takes; a reader takes frames of 64 MiB.
    @Test func `attributes that no reader takes are not archived`() async throws {
        let script = "for n in 1 2 3; do setfattr -n user.a$n -v $(printf %0500d 0) ibdata1; done"
        try await shell(script, in: rehearsal.data)
        let file = RawPath(rehearsal.data + "/ibdata1")
        #expect(try ExtendedAttributes(of: file, limit: 1521).attributes.count == 3)
        #expect(throws: ArchiveError.self) { try ExtendedAttributes(of: file, limit: 1520) }
        // Of each of 512 members: attributes, name and target, header blocks.
        #expect(512 * (ExtendedAttributes.mostBytes + 2 * 4096 + 1536) + 4 << 20 <= 64 << 20)
    }

    @Test(arguments: ["data", "above", "outside"])
    mutating func `data behind a link of the server's user is not archived`(place: String) async throws {
        try await shell("mkdir -p host/data; echo secret > host/data/ibdata1", in: directory.path("."))
        let volume = directory.path("volume")
        switch place {
        case "data": try await shell("mv data moved; ln -s ../host/data data", in: volume)
        case "above": try await shell("rm -r volume; mkdir volume; ln -s ../host volume/above", in: directory.path("."))
        default:
            try await shell("ln -s ../host link", in: volume)
            rehearsal.paths = [DataPath(role: .undoLog, path: "/srv/data", pathOnVolume: "link/data")]
        }
        if place == "above" { rehearsal.data = volume + "/above/data" }
        let outcome = await rehearsal.run()
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.failure?.message.contains("in the snapshot") == true, "\(String(describing: outcome.failure))")
        #expect(try rehearsal.names() == [])
    }

    @Test mutating func `a pattern that leaves nothing out is warned of with the nearest name`() async throws {
        try await shell("mkdir shop; echo x > shop/orders.ibd; echo x > a.tmp", in: rehearsal.data)
        rehearsal.archive.excludes = ["*.tmp", "ibdata2", "shop/order.ibd", "/nothing-like-it/", "shop/"]
        rehearsal.hooks.filter(.archiveExclude) { _, patterns in patterns + ["*.pid"] }
        let warnings = await rehearsal.run().warnings.filter { $0.hasPrefix("the pattern") }
        #expect(
            warnings == [
                "the pattern \"ibdata2\" leaves nothing out; did you mean \"ibdata1\"?",
                "the pattern \"shop/order.ibd\" leaves nothing out",
                "the pattern \"/nothing-like-it/\" leaves nothing out",
            ]
        )
    }

    @Test mutating func `a name that exists fails the run and leaves the old set alone`() async throws {
        rehearsal.hooks.filter(.archiveName) { _, _ in "nightly" }
        #expect(await rehearsal.run().ending == .succeeded)
        let first = try rehearsal.manifest("nightly")
        rehearsal.runID = "another"
        #expect(await rehearsal.run().failure?.message == "\"\(rehearsal.backups)/nightly\" exists already")
        #expect(try rehearsal.manifest("nightly") == first)
        #expect(try rehearsal.names() == ["nightly"])
    }

    @Test mutating func `a failed archive leaves nothing in the destination`() async throws {
        rehearsal.recoveryLog = directory.path("missing")
        let released = Counter()
        rehearsal.hooks.on { event in
            if case .released(let name, _) = event.fact, name.hasPrefix("partial set") { released.add() }
        }
        let outcome = await rehearsal.run()
        #expect(outcome.failure?.step == .archive)
        #expect(try rehearsal.names() == [])
        // By the engine: a thing that cannot be removed is then reported as left behind.
        #expect(released.value == 1)
    }

    @Test mutating func `a failure before publishing removes the partial set`() async throws {
        rehearsal.hooks.before(.publish) { _ in .veto("no") }
        let outcome = await rehearsal.run()
        #expect(outcome.ending == .vetoed)
        #expect(outcome.leaked == [])
        #expect(try rehearsal.names() == [])
    }

    @Test mutating func `a snapshot-only run publishes a manifest that names the snapshot`() async throws {
        rehearsal.engine.isSnapshotOnly = true
        let outcome = await rehearsal.run()
        #expect(outcome.failure == nil)
        #expect(rehearsal.kept.value == 1)
        let manifest = try rehearsal.manifest(rehearsal.runID)
        #expect(manifest.snapshot?.name == "vg0/s")
        #expect(manifest.snapshot?.isKept == true)
        #expect(manifest.archive == nil)
    }

    @Test mutating func `an archive that went elsewhere gets a manifest here`() async throws {
        rehearsal.hooks.replace(.archive) { _ in .result(ArchivedCopy(location: "restic:abc", bytes: 7, files: 2)) }
        #expect(await rehearsal.run().failure == nil)
        let manifest = try rehearsal.manifest(rehearsal.runID)
        #expect(manifest.archive?.location == "restic:abc")
        #expect(manifest.archive?.parts == [])
    }

    @Test mutating func `a partial set outside the destination is not published`() async throws {
        let foreign = try directory.directory("foreign")
        rehearsal.hooks.replace(.archive) { _ in
            .result(ArchivedCopy(location: "x", bytes: 7, files: 2, partialDirectory: foreign))
        }
        #expect(await rehearsal.run().failure?.step == .publish)
        #expect(try memberNames(foreign) == [])
    }

    @Test(arguments: [Compression.standard, .gzip(level: 1), .none])
    mutating func `a stream ends with its manifest`(compression: Compression) async throws {
        let path = directory.path("stream")
        rehearsal.archive.destination = .stream(descriptor: try output(path).descriptor.duplicated())
        rehearsal.archive.compression = compression
        #expect(await rehearsal.run().failure == nil)
        #expect(try await shell("tar -tf '\(path)'") == "./\n./ibdata1\n./.lvmbackup/manifest.json\n")
        let manifest = try await shell("tar -xOf '\(path)' ./.lvmbackup/manifest.json")
        #expect(try ManifestFile.decode(Array(manifest.utf8), path: "m").archive?.location == "-")
    }

    @Test mutating func `a stream whose run failed has no end`() async throws {
        let path = directory.path("stream")
        rehearsal.archive.destination = .stream(descriptor: try output(path).descriptor.duplicated())
        rehearsal.archive.compression = .none
        rehearsal.hooks.before(.publish) { _ in .veto("no") }
        #expect(await rehearsal.run().ending == .vetoed)
        let members = try await shell("tar -tf '\(path)'")
        #expect(!members.contains("manifest.json"))
    }

    @Test mutating func `retention keeps the last good sets of this server`() async throws {
        rehearsal.keepRules = .last(2)
        for name in ["1", "2", "3"] {
            rehearsal.runID = name
            let outcome = await rehearsal.run()
            #expect(outcome.warnings == [])
            #expect(outcome.failure == nil)
        }
        #expect(try rehearsal.names() == ["2", "3"])
    }

    @Test mutating func `retention does not count a damaged set, nor touch another server's`() async throws {
        rehearsal.runID = "1"
        #expect(await rehearsal.run().failure == nil)
        rehearsal.runID = "2"
        #expect(await rehearsal.run().failure == nil)
        try await shell(
            "rm 2/data.tar.zst; cp -r 1 other; sed -i 's/db1/db2/' other/manifest.json",
            in: rehearsal.backups
        )
        rehearsal.keepRules = .last(2)
        rehearsal.runID = "3"
        #expect(await rehearsal.run().warnings == [])
        #expect(try rehearsal.names() == ["1", "2", "3", "other"])
    }

    @Test mutating func `retention keeps a marked set, and does not count a damaged one`() async throws {
        for name in ["1", "2", "3"] {
            rehearsal.runID = name
            #expect(await rehearsal.run().failure == nil)
        }
        try await SetPlace(destination: rehearsal.backups, name: "1").setKept(true)
        let mark = VerifiedMark(level: "checksums", at: Timestamp(seconds: 1), tool: "test", damage: "a flipped bit")
        try await SetPlace(destination: rehearsal.backups, name: "3").record(mark)
        rehearsal.keepRules = .last(2)
        rehearsal.runID = "4"
        #expect(await rehearsal.run().warnings == [])
        // The damaged one is newer than the last that counts.
        #expect(try rehearsal.names() == ["1", "2", "3", "4"])
        rehearsal.keepRules = .last(1)
        rehearsal.runID = "5"
        #expect(await rehearsal.run().warnings == [])
        #expect(try rehearsal.names() == ["1", "5"])
    }

    @Test mutating func `a renamed host keeps its history, and another volume has its own`() async throws {
        rehearsal.keepRules = .last(1)
        (rehearsal.runID, rehearsal.volumeUUID) = ("1", "a")
        #expect(await rehearsal.run().warnings == [])
        (rehearsal.runID, rehearsal.volumeUUID) = ("2", "b")
        #expect(await rehearsal.run().warnings == [])
        (rehearsal.runID, rehearsal.host) = ("3", "renamed")
        #expect(await rehearsal.run().warnings == [])
        #expect(try rehearsal.names() == ["1", "3"])
    }

    @Test mutating func `a clock that was reset removes nothing and names what it cannot judge`() async throws {
        rehearsal.keepRules = .last(1)
        rehearsal.runID = "1"
        #expect(await rehearsal.run().warnings == [])
        (rehearsal.runID, rehearsal.clockError) = ("2", -1e9)
        let warnings = await rehearsal.run().warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("the set \"1\" is dated later than now"), "\(warnings)")
        #expect(try rehearsal.names() == ["1", "2"])
    }

    @Test mutating func `a hook that would remove the newest set is refused`() async throws {
        rehearsal.keepRules = .last(1)
        rehearsal.hooks.filter(.retentionPlan) { _, plan in
            RetentionPlan(decisions: plan.decisions.map { .init(set: $0.set, created: 0, keep: false, reason: "all") })
        }
        let outcome = await rehearsal.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.contains { $0.contains("newest good set") })
        #expect(try rehearsal.names() == [rehearsal.runID])
    }
}
