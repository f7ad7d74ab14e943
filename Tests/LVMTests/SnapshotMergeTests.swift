import Host
import Lifecycle
import Storage
import TestSupport
import Testing

@testable import LVM

/// Rollbacks of a volume to a kept snapshot: the refusals, and the commands.
struct SnapshotMergeTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func merge(_ group: PretendKept, holders: [Holder] = [], isForced: Bool = false) -> SnapshotMerge {
        SnapshotMerge(
            tools: LVMTools(group.script.commands),
            here: PretendKept.here,
            lockDirectory: scratch.path + "/locks",
            isForced: isForced,
            holders: { $0 == DeviceNumber(major: 254, minor: 0) ? holders : [] }
        )
    }

    /// - Returns: the reason; nil for a rollback that went well.
    private func refusal(
        _ group: PretendKept,
        holders: [Holder] = [],
        of volume: String = "uuid-mysql",
        _ set: KeptSnapshot = PretendKept.set,
        isForced: Bool = false
    ) async -> String? {
        do {
            try await merge(group, holders: holders, isForced: isForced).run(set, of: volume, run: "r9")
            return nil
        } catch LVMError.notMerged(_, let reason, _) {
            return reason
        } catch {
            return Failure(error).message
        }
    }

    @Test(arguments: [false, true])
    func `a snapshot is merged under the run lock of the volume`(isThin: Bool) async throws {
        let group = PretendKept(isThin: isThin)
        let locks = scratch.path + "/locks"
        try await merge(group).run(PretendKept.set, of: "uuid-mysql", run: "r9")
        #expect(group.changes == [["lvconvert", "-y", "--merge", "vg0/mysql_snapshot-7f3a"]])
        #expect(try RunLock.isFree("vg0/mysql", directory: locks))
        let held = PretendKept(isThin: isThin)
        held.script.on("lvconvert") { _ in
            let isFree = try RunLock.isFree("vg0/mysql", directory: locks)
            #expect(!isFree)
            return CommandResult(status: .exited(5))
        }
        await #expect(throws: HostError.self) {
            try await merge(held).run(PretendKept.set, of: "uuid-mysql", run: "r9")
        }
        #expect(try RunLock.isFree("vg0/mysql", directory: locks))
    }

    @Test func `other thin snapshots of the volume are named, because the volume cannot go back to them`() async throws
    {
        let other = ["lv_uuid": "uuid-2", "lv_name": "other", "origin": "mysql", "segtype": "thin", "pool_lv": "pool"]
        let stranger = [
            "lv_uuid": "uuid-3", "lv_name": "stranger", "origin": "else", "segtype": "thin", "pool_lv": "pool",
        ]
        let thin = PretendKept(isThin: true, others: [other, stranger])
        #expect(try await merge(thin).examine(PretendKept.set, of: "uuid-mysql").severed == ["vg0/other"])
        #expect(try await merge(PretendKept()).examine(PretendKept.set, of: "uuid-mysql").severed == [])
    }

    @Test func `a mount that many processes share is told once`() async throws {
        let mounts = (1...9).map { Holder(pid: $0, command: "p\($0)", grip: .mount("/var/lib/mysql")) }
        let files = (20...24).map { Holder(pid: $0, command: "mysqld", grip: .file("/var/lib/mysql/\($0)")) }
        let reason = try #require(await refusal(PretendKept(), holders: mounts + files))
        #expect(reason.ranges(of: "mounted at").count == 1)
        #expect(reason.contains("process 22 (mysqld)") && reason.contains("2 more processes"))
    }

    @Test func `a merge that LVM puts off is told`() async throws {
        let group = PretendKept()
        group.script.on("lvconvert") { _ in CommandResult() }
        #expect(await refusal(group)?.contains("when the volume is activated") == true)
    }

    @Test func `a volume with a server on it is refused, and the server is named`() async throws {
        let group = PretendKept(origin: ["lv_attr": "owi-aos---"])
        let server = Holder(pid: 812, command: "mariadbd", grip: .file("/var/lib/mysql/ibdata1"))
        let reason = await refusal(group, holders: [server])
        #expect(reason?.contains("812 (mariadbd)") == true)
        #expect(group.changes == [])
    }

    @Test func `a mounted volume, or one that is open to an unknown user, is refused`() async throws {
        let mount = Holder(pid: 1, command: "init", grip: .mount("/var/lib/mysql"))
        #expect(await refusal(PretendKept(), holders: [mount])?.contains("mounted at") == true)
        #expect(await refusal(PretendKept(origin: ["lv_attr": "owi-aos---"]))?.contains("is open") == true)
    }

    @Test func `a snapshot of another volume than the set's is refused`() async throws {
        #expect(await refusal(PretendKept(), of: "uuid-other")?.contains("not a snapshot of it any more") == true)
        #expect(await refusal(PretendKept(kept: ["origin": ""]))?.contains("not a snapshot of it any more") == true)
    }

    private static func forged(
        made: Double? = 1_764_300_002,
        uuid: String = "uuid-kept",
        run: String = "r1"
    ) -> KeptSnapshot {
        KeptSnapshot(
            name: PretendKept.set.name,
            uuid: uuid,
            run: run,
            host: "db1",
            made: made.map { $0...$0 }
        )
    }

    /// The owner of the destination can write a set with the run of an old snapshot.
    @Test(arguments: [
        (forged(made: 1_764_386_400), "another time than the set tells"),
        (forged(made: 1_764_213_600), "another time than the set tells"),
        (forged(made: nil), "does not tell when"),
        (forged(uuid: ""), "does not tell the UUIDs"),
        (forged(run: "r2"), ""),
    ])
    func `a set that does not prove that the snapshot is its own is refused`(
        set: KeptSnapshot,
        reason: String
    ) async {
        let group = PretendKept()
        let told = await refusal(group, of: "uuid-mysql", set)
        #expect(told?.contains(reason) == true || (told != nil && reason.isEmpty), "\(told ?? "")")
        #expect(group.changes == [])
        // Another run has no such snapshot, forced or not.
        #expect((await refusal(group, of: "uuid-mysql", set, isForced: true) == nil) == (set.run == "r1"))
    }

    @Test func `a set without the volume's UUID is rolled back only where that is forced`() async {
        let group = PretendKept()
        #expect(await refusal(group, of: "")?.contains("does not tell the UUIDs") == true)
        #expect(group.changes == [])
        #expect(await refusal(group, of: "", isForced: true) == nil)
    }

    @Test func `a snapshot whose time LVM does not tell is refused`() async {
        #expect(await refusal(PretendKept(kept: ["lv_time": ""])) != nil)
    }

    @Test(
        arguments: [
            ("another", ["lv_merging": "merging"], [:], "another snapshot is being merged"),
            ("run", [:], ["lv_tags": PretendKept.tags(run: "r2", isActive: true).joined(separator: ",")], "of a run"),
            ("full", [:], ["data_percent": "90.00"], "fill other snapshots"),
            ("foreign", [:], ["lv_tags": "", "data_percent": "50.01"], "fill other snapshots"),
        ] as [(String, [String: String], [String: String], String)]
    )
    func `a merge that other snapshots would suffer from is refused`(
        name: String,
        origin: [String: String],
        sibling: [String: String],
        reason: String
    ) async throws {
        let usual = [
            "lv_uuid": "uuid-\(name)", "lv_name": name, "origin": "mysql", "lv_attr": "swi-a-s---",
            "lv_size": "104857600", "data_percent": "1.00",
        ]
        let group = PretendKept(origin: origin, others: [usual.merging(sibling) { $1 }])
        #expect(await refusal(group)?.contains(reason) == true)
        #expect(group.changes == [])
    }

    @Test func `another snapshot with room for all that is written does not prevent it`() async throws {
        let sibling = [
            "lv_uuid": "uuid-wide", "lv_name": "wide", "origin": "mysql", "lv_attr": "swi-a-s---",
            "lv_size": "104857600", "data_percent": "49.00",
        ]
        #expect(await refusal(PretendKept(others: [sibling])) == nil)
    }

    @Test func `an inactive volume of a thick snapshot is refused, because LVM would put the merge off`() async throws {
        let inactive = ["lv_kernel_major": "-1", "lv_kernel_minor": "-1"]
        #expect(await refusal(PretendKept(origin: inactive))?.contains("not active") == true)
        #expect(await refusal(PretendKept(isThin: true, origin: inactive)) == nil)
    }

    @Test func `a volume that is being backed up is not rolled back`() async throws {
        let group = PretendKept()
        let owner = RunLock.Owner(run: "r2", pid: 1, since: 0)
        let lock = try RunLock("vg0/mysql", owner: owner, directory: scratch.path + "/locks")
        await #expect(throws: StorageError.busy(volume: "vg0/mysql", owner: owner)) {
            try await merge(group).run(PretendKept.set, of: "uuid-mysql", run: "r9")
        }
        #expect(group.changes == [])
        lock.release()
    }

    @Test func `a snapshot that was invalid before the question is refused`() async throws {
        let group = PretendKept(kept: ["lv_snapshot_invalid": "snapshot invalid"])
        #expect(await refusal(group)?.contains("has lost its data") == true)
    }
}
