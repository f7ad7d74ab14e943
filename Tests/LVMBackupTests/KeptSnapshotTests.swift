import Archive
import FoundationEssentials
import Host
import Lifecycle
import Storage
import TestSupport
import Testing

@testable import LVM
@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

/// Sets whose snapshot is the backup, with the answers of LVM scripted.
struct KeptSnapshotTests {
    /// The answer of `lvs` about the kept snapshot, changed as told.
    private func report(_ run: String, _ change: [String: String] = [:]) throws -> String {
        let tags = RunTags(run: run, identity: try .current(), origin: "vg0/mysql").all
            .map { $0 == RunTags.active ? RunTags.kept : $0 }
        var row = Dictionary(uniqueKeysWithValues: LogicalVolume.columns.map { ($0, "") })
        row["lv_tags"] = tags.joined(separator: ",")
        row.merge(["lv_uuid": "uuid-kept", "lv_name": "kept", "vg_name": "vg0", "lv_size": "1048576"]) { $1 }
        row.merge(["lv_attr": "swi-a-s---", "segtype": "linear", "origin": "mysql"]) { $1 }
        row.merge(change) { $1 }
        let fields = row.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        return "{\"report\": [{\"lv\": [{\(fields.joined(separator: ","))}]}]}"
    }

    private func state(_ set: KeptSet, _ script: CommandScript) async throws -> KeptState? {
        let list = try await SetList.read(set.destination)
        return await KeptStates(of: list.items, tools: LVMTools(script.commands))[set.place.name]
    }

    @Test(
        arguments: [
            ([:], .valid), (["lv_uuid": "another"], .gone), (["lv_merging": "merging"], .merging),
            (["lv_attr": "swi-I-s---"], .invalid), (["lv_tags": "lvmbackup"], .gone),
        ] as [([String: String], KeptState.Kind)]
    )
    func `a listed set tells the state of its snapshot`(change: [String: String], kind: KeptState.Kind) async throws {
        let set = try await KeptSet()
        let script = CommandScript()
        script.on("lvs", say: try report(set.run, change))
        let state = try #require(try await state(set, script))
        #expect(state.kind == kind)
        #expect((state.reason == nil) == (kind == .valid))
    }

    @Test func `a snapshot that is gone after a rollback is told so, one that is there is not`() async throws {
        let set = try await KeptSet()
        let mark = RollbackMark(at: Timestamp(seconds: 1), tool: "lvmbackup")
        try await set.place.hold().mark(mark)
        #expect(try await SetList.read(set.destination).items.map(\.rollback) == [mark])
        let script = CommandScript()
        script.on("lvs", say: try report(set.run, ["lv_uuid": "another"]))
        #expect(try await state(set, script)?.kind == .rolledBack)
        script.on("lvs", say: try report(set.run))
        #expect(try await state(set, script)?.kind == .valid)
        try await set.place.hold().mark(nil)
        #expect(try await SetList.read(set.destination).items.map(\.rollback) == [nil])
    }

    @Test func `a state that LVM does not tell is unknown`() async throws {
        let state = try await state(KeptSet(), CommandScript())
        #expect(state?.kind == .unknown)
    }

    @Test func `a set with a kept snapshot has nothing that checksums could verify`() async throws {
        let set = try await KeptSet()
        let opening = SetOpening(set.place, configuration: set.configuration, guardian: nil)
        let proof = SetProof(opening, level: .checksums)
        let ending = await VerificationRun(proof, configuration: set.configuration, guardian: nil).run()
        #expect(ending.outcome.failure?.advice?.contains("--level") == true)
        #expect(!ending.isDamaged && ending.outcome.ending == .failed)
    }

    @Test(.enabled(if: geteuid() == 0, "a rollback needs root"))
    func `a set that is open is not rolled back`() async throws {
        let set = try await KeptSet()
        let opened = try await set.place.hold()
        let rollback = Rollback(set.place, configuration: set.configuration)
        let error = await #expect(throws: ReadError.self) { try await rollback.examine() }
        #expect(error.map { Failure($0).message.contains("it is open") } == true)
        withExtendedLifetime(opened) {}
    }

    // MARK: The place of the data

    /// - Returns: the paths in the snapshot by the paths on the host; the data directory's by an empty one.
    private func place(_ set: KeptSet, _ directories: [String]) async throws -> [String: String] {
        let scratch = try FileSystem.createPrivateDirectory(in: "/var/tmp", prefix: "lvmbackup-test-")
        defer { try? FileManager.default.removeItem(atPath: scratch) }  // a leftover in /var/tmp fails no test
        let point = try MountPoint(run: "r1", parent: scratch, origin: nil)
        for directory in directories {
            try FileManager.default.createDirectory(
                atPath: point.path + "/" + directory,
                withIntermediateDirectories: true
            )
        }
        let mount = SnapshotMount(
            run: "r1",
            device: "/dev/null",
            point: point,
            filesystem: SnapshotFileSystem("xfs"),
            mounts: Mounts()
        )
        let place = try KeptData(await set.place.hold()).place(in: MountedSnapshot(mount: mount) {})
        let all = place.outside.merging(["": place.datadir]) { $1 }
        return all.mapValues { String($0.path.dropFirst(point.path.count)) }
    }

    @Test func `the data lies where the manifest says`() async throws {
        let paths = [
            DataPath(role: .datadir, path: "/srv/db/data", pathOnVolume: "deep/data"),
            DataPath(role: DataFile.Role(rawValue: "redoLog"), path: "/srv/db/redo", pathOnVolume: "deep/redo"),
            DataPath(role: .tablespace, path: "/srv/db/data/x.ibd", pathOnVolume: "deep/data/x.ibd"),
            DataPath(
                role: DataFile.Role(rawValue: "binlog"),
                path: "/srv/db/redo/logs",
                pathOnVolume: "deep/redo/logs"
            ),
            DataPath(role: DataFile.Role(rawValue: "undoLog"), path: "/srv/db/gone", pathOnVolume: "deep/gone"),
            DataPath(role: .temporary, path: "/srv/db/tmp", pathOnVolume: "deep/tmp"),
        ]
        let set = try await KeptSet(datadir: "/srv/db/data", paths: paths)
        let place = try await place(set, ["deep/data", "deep/redo/logs", "deep/tmp"])
        #expect(place == ["": "/deep/data", "/srv/db/redo": "/deep/redo"])
    }

    @Test(
        arguments: [
            (["mysql"], ""), (["data/mysql"], "/data"), (["mysql/data/mysql", "mysql"], "/mysql/data"),
            (["srv/mysql/data/mysql"], "/srv/mysql/data"),
        ]
    )
    func `the data directory of an older set is found by the end of its path`(directories: [String], found: String)
        async throws
    {
        let set = try await KeptSet(datadir: "/srv/mysql/data")
        #expect(try await place(set, directories) == ["": found])
    }

    @Test func `a snapshot without the data directory is refused`() async throws {
        let set = try await KeptSet(datadir: "/srv/mysql/data")
        await #expect(throws: ReadError.self) { try await place(set, ["else"]) }
    }
}
