import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct StepTests {
    private let directory: ScratchDirectory
    private var fixture: ArchiveFixture

    init() async throws {
        directory = try ScratchDirectory()
        fixture = try await ArchiveFixture(directory)
    }

    @Test mutating func `a run publishes a set that plain tar unpacks and that says what it is`() async throws {
        fixture.recoveryLog = directory.path("log")
        try directory.write("InnoDB: ok\n", to: "log")
        fixture.paths = [
            DataPath(role: .datadir, path: "/var/lib/mysql", pathOnVolume: "data"),
            DataPath(role: .tablespace, path: "/srv/t.ibd", pathOnVolume: "t.ibd"),
        ]
        try await shell("echo two > t.ibd", in: directory.path("volume"))
        let outcome = await fixture.run()
        #expect(outcome.failure == nil)
        let set = fixture.backups + "/" + fixture.runID
        #expect(outcome.set == BackupSet(id: fixture.runID, location: set, manifest: set + "/manifest.json"))
        #expect(try fixture.names() == [fixture.runID])
        let files = try await shell(
            "stat -c '%a %n' . *; mkdir ../t; tar -xf data.tar.zst -C ../t; cd ../t; find . -type f | sort",
            in: set
        )
        let modes = "700 .\n600 data.tar.zst\n600 index.jsonl\n600 manifest.json\n600 recovery.log\n"
        #expect(files == modes + "./.lvmbackup/outside/srv/t.ibd\n./ibdata1\n")
        let manifest = try fixture.manifest(fixture.runID)
        #expect(manifest.archive?.parts.map(\.name) == ["data.tar.zst", "index.jsonl", "recovery.log"])
        #expect(manifest.archive?.outside == ["/srv/t.ibd"])
        #expect(manifest.coordinates?.gtid == "0-1-7")
        #expect(manifest.recovery?.clean == true)
        #expect(manifest.lock?.plan == "stage")
        #expect(manifest.snapshotTaken != nil)
        #expect(fixture.intended.value == 1)
    }

    @Test mutating func `options that hook files were given for the run are in the manifest`() async throws {
        fixture.archive.hookOptions = ["hours": ["override": "true"]]
        #expect(await fixture.run().failure == nil)
        #expect(try fixture.manifest(fixture.runID).hookOptions == ["hours": ["override": "true"]])
    }

    @Test mutating func `filters change name and patterns, and are checked like an operator's words`() async throws {
        fixture.hooks.filter(.archiveName) { _, _ in "nightly" }
        fixture.hooks.filter(.archiveExclude) { _, patterns in patterns + ["*1"] }
        #expect(await fixture.run().failure == nil)
        #expect(try fixture.names() == ["nightly"])
        #expect(try fixture.manifest("nightly").archive?.excludes == ["*1"])
        #expect(try fixture.manifest("nightly").archive?.members == 1)
        fixture.hooks.filter(.archiveName) { _, _ in "etc/cron.d" }
        let outcome = await fixture.run()
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.failure?.message.contains("contains a slash") == true)
    }

    @Test(arguments: [("ibdata*", "leaves out \"/var/lib/mysql/ibdata1\" (system tablespace)"), ("[a", "is not valid")])
    mutating func `a pattern of a filter that a run refuses is that hook's`(pattern: String, message: String)
        async throws
    {
        let role = DataFile.Role("systemTablespace", word: "system tablespace", isEssential: true)
        fixture.paths = [
            DataPath(role: .datadir, path: "/var/lib/mysql", pathOnVolume: "data"),
            DataPath(role: role, path: "/var/lib/mysql/ibdata1", pathOnVolume: "data/ibdata1"),
        ]
        fixture.hooks.filter(.archiveExclude, name: "a") { _, patterns in patterns + ["*.tmp"] }
        fixture.hooks.filter(.archiveExclude, name: "b", place: "20-b.lua:3") { _, patterns in patterns + [pattern] }
        fixture.hooks.filter(.archiveExclude, name: "c", place: "30-c.lua:3") { _, patterns in patterns + ["*.pid"] }
        let failure = await fixture.run().failure
        #expect(failure?.kind == .unsuitable && failure?.step == .archive)
        #expect(failure?.message.contains(message) == true, "\(String(describing: failure))")
        #expect(failure?.hook == "b (20-b.lua:3)")
        #expect(try fixture.names() == [])
    }

    /// The server's user may set as many attributes as the file system takes; a reader takes frames of 64 MiB.
    @Test func `attributes that no reader takes are not archived`() async throws {
        let script = "for n in 1 2 3; do setfattr -n user.a$n -v $(printf %0500d 0) ibdata1; done"
        try await shell(script, in: fixture.data)
        let file = RawPath(fixture.data + "/ibdata1")
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
            fixture.paths = [DataPath(role: .tablespace, path: "/srv/data", pathOnVolume: "link/data")]
        }
        if place == "above" { fixture.data = volume + "/above/data" }
        let outcome = await fixture.run()
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.failure?.message.contains("in the snapshot") == true, "\(String(describing: outcome.failure))")
        #expect(try fixture.names() == [])
    }

    @Test mutating func `a pattern that leaves nothing out is warned of with the nearest name`() async throws {
        try await shell("mkdir shop; echo x > shop/orders.ibd; echo x > a.tmp", in: fixture.data)
        fixture.archive.excludes = ["*.tmp", "ibdata2", "shop/order.ibd", "/nothing-like-it/", "shop/"]
        fixture.hooks.filter(.archiveExclude) { _, patterns in patterns + ["*.pid"] }
        let warnings = await fixture.run().warnings.filter { $0.hasPrefix("the pattern") }
        #expect(
            warnings == [
                "the pattern \"ibdata2\" leaves nothing out; did you mean \"ibdata1\"?",
                "the pattern \"shop/order.ibd\" leaves nothing out",
                "the pattern \"/nothing-like-it/\" leaves nothing out",
            ]
        )
    }

    @Test mutating func `a name that exists fails the run and leaves the old set alone`() async throws {
        fixture.hooks.filter(.archiveName) { _, _ in "nightly" }
        #expect(await fixture.run().ending == .succeeded)
        let first = try fixture.manifest("nightly")
        fixture.runID = "another"
        #expect(await fixture.run().failure?.message == "\"\(fixture.backups)/nightly\" exists already")
        #expect(try fixture.manifest("nightly") == first)
        #expect(try fixture.names() == ["nightly"])
    }

    @Test mutating func `a failed archive leaves nothing in the destination`() async throws {
        fixture.recoveryLog = directory.path("missing")
        let released = Counter()
        fixture.hooks.on { event in
            if case .released(let release) = event.fact, release.name.hasPrefix("partial set") { released.add() }
        }
        let outcome = await fixture.run()
        #expect(outcome.failure?.step == .archive)
        #expect(try fixture.names() == [])
        // By the engine: a thing that cannot be removed is then reported as left behind.
        #expect(released.value == 1)
    }

    @Test mutating func `a failure before publishing removes the partial set`() async throws {
        fixture.hooks.before(.publish) { _ in .veto("no") }
        let outcome = await fixture.run()
        #expect(outcome.ending == .vetoed)
        #expect(outcome.leaked == [])
        #expect(try fixture.names() == [])
    }

    @Test mutating func `a snapshot-only run publishes a manifest that names the snapshot`() async throws {
        fixture.engine.isSnapshotOnly = true
        let outcome = await fixture.run()
        #expect(outcome.failure == nil)
        #expect(fixture.kept.value == 1)
        let manifest = try fixture.manifest(fixture.runID)
        #expect(manifest.snapshot?.name == "vg0/s")
        #expect(manifest.snapshot?.isKept == true)
        #expect(manifest.archive == nil)
    }

    @Test mutating func `an archive that went elsewhere gets a manifest here`() async throws {
        fixture.hooks.replace(.archive) { _ in .result(ArchivedCopy(location: "restic:abc", bytes: 7, files: 2)) }
        #expect(await fixture.run().failure == nil)
        let manifest = try fixture.manifest(fixture.runID)
        #expect(manifest.archive?.location == "restic:abc")
        #expect(manifest.archive?.bytes == 7)
        #expect(manifest.archive?.members == 2)
        #expect(manifest.archive?.parts == [])
    }

    @Test mutating func `an archive of unknown size is one in its manifest`() async throws {
        fixture.hooks.replace(.archive) { _ in .result(ArchivedCopy(location: "restic:abc")) }
        #expect(await fixture.run().failure == nil)
        let archive = try #require(try fixture.manifest(fixture.runID).archive)
        #expect(archive.bytes == nil)
        #expect(archive.sourceBytes == nil)
        #expect(archive.members == nil)
    }

    @Test mutating func `a partial set outside the destination is not published`() async throws {
        let foreign = try directory.directory("foreign")
        fixture.hooks.replace(.archive) { _ in
            .result(ArchivedCopy(location: "x", bytes: 7, files: 2, partialDirectory: foreign))
        }
        #expect(await fixture.run().failure?.step == .publish)
        #expect(try memberNames(foreign) == [])
    }

    @Test(arguments: [Compression.standard, .gzip(level: 1), .none])
    mutating func `a stream ends with its manifest`(compression: Compression) async throws {
        let path = directory.path("stream")
        fixture.archive.destination = .stream(descriptor: try output(path).descriptor.duplicated())
        fixture.archive.compression = compression
        #expect(await fixture.run().failure == nil)
        #expect(try await shell("tar -tf '\(path)'") == "./\n./ibdata1\n./.lvmbackup/manifest.json\n")
        let manifest = try await shell("tar -xOf '\(path)' ./.lvmbackup/manifest.json")
        #expect(try ManifestFile.decode(Array(manifest.utf8), path: "m").archive?.location == "-")
    }

    @Test mutating func `a stream whose run failed has no end`() async throws {
        let path = directory.path("stream")
        fixture.archive.destination = .stream(descriptor: try output(path).descriptor.duplicated())
        fixture.archive.compression = .none
        fixture.hooks.before(.publish) { _ in .veto("no") }
        #expect(await fixture.run().ending == .vetoed)
        let members = try await shell("tar -tf '\(path)'")
        #expect(!members.contains("manifest.json"))
    }

    @Test mutating func `retention keeps the last good sets of this server`() async throws {
        fixture.keepRules = .last(2)
        for name in ["1", "2", "3"] {
            fixture.runID = name
            let outcome = await fixture.run()
            #expect(outcome.warnings == [])
            #expect(outcome.failure == nil)
        }
        #expect(try fixture.names() == ["2", "3"])
    }

    @Test mutating func `retention does not count a damaged set, nor touch another server's`() async throws {
        fixture.runID = "1"
        #expect(await fixture.run().failure == nil)
        fixture.runID = "2"
        #expect(await fixture.run().failure == nil)
        try await shell(
            "rm 2/data.tar.zst; cp -r 1 other; sed -i 's/db1/db2/' other/manifest.json",
            in: fixture.backups
        )
        fixture.keepRules = .last(2)
        fixture.runID = "3"
        #expect(await fixture.run().warnings == [])
        #expect(try fixture.names() == ["1", "2", "3", "other"])
    }

    @Test mutating func `retention keeps a marked set, and does not count a damaged one`() async throws {
        for name in ["1", "2", "3"] {
            fixture.runID = name
            #expect(await fixture.run().failure == nil)
        }
        try await SetPlace(destination: fixture.backups, name: "1").setKept(true)
        let mark = VerifiedMark(level: "checksums", at: Timestamp(seconds: 1), tool: "test", damage: "a flipped bit")
        try await SetPlace(destination: fixture.backups, name: "3").record(mark)
        fixture.keepRules = .last(2)
        fixture.runID = "4"
        #expect(await fixture.run().warnings == [])
        // The damaged one is newer than the last that counts.
        #expect(try fixture.names() == ["1", "2", "3", "4"])
        fixture.keepRules = .last(1)
        fixture.runID = "5"
        #expect(await fixture.run().warnings == [])
        #expect(try fixture.names() == ["1", "5"])
    }

    @Test mutating func `a renamed host keeps its history, and another volume has its own`() async throws {
        fixture.keepRules = .last(1)
        (fixture.runID, fixture.volumeUUID) = ("1", "a")
        #expect(await fixture.run().warnings == [])
        (fixture.runID, fixture.volumeUUID) = ("2", "b")
        #expect(await fixture.run().warnings == [])
        (fixture.runID, fixture.host) = ("3", "renamed")
        #expect(await fixture.run().warnings == [])
        #expect(try fixture.names() == ["1", "3"])
    }

    @Test mutating func `a clone of the machine and its original keep their own sets`() async throws {
        fixture.keepRules = .last(1)
        fixture.volumeUUID = "a"
        (fixture.runID, fixture.archive.machine) = ("1", "m1")
        #expect(await fixture.run().warnings == [])
        (fixture.runID, fixture.archive.machine, fixture.host) = ("2", "m2", "clone")
        #expect(await fixture.run().warnings == [])
        #expect(try fixture.names() == ["1", "2"])
        (fixture.runID, fixture.archive.machine, fixture.host) = ("3", "m1", "renamed")
        #expect(await fixture.run().warnings == [])
        #expect(try fixture.names() == ["2", "3"])
    }

    @Test mutating func `a clock that was reset removes nothing and names what it cannot judge`() async throws {
        fixture.keepRules = .last(1)
        fixture.runID = "1"
        #expect(await fixture.run().warnings == [])
        (fixture.runID, fixture.clockError) = ("2", -1e9)
        let warnings = await fixture.run().warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("the set \"1\" is dated later than now"), "\(warnings)")
        #expect(try fixture.names() == ["1", "2"])
    }

    @Test mutating func `a hook that would remove the newest set is refused`() async throws {
        fixture.keepRules = .last(1)
        fixture.hooks.filter(.retentionPlan) { _, plan in
            RetentionPlan(decisions: plan.decisions.map { .init(set: $0.set, created: 0, keep: false, reason: "all") })
        }
        let outcome = await fixture.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.contains { $0.contains("newest good set") })
        #expect(try fixture.names() == [fixture.runID])
    }
}
