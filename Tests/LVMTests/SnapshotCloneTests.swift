import Host
import Lifecycle
import TestSupport
import Testing

@testable import LVM

/// Writable snapshots of kept thin ones.
struct SnapshotCloneTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func clone(_ group: PretendKept, run: String = "r9") async throws -> SnapshotClone {
        let tools = LVMTools(group.script.commands)
        let found = try await KeptSnapshots(tools: tools, here: PretendKept.here).find(PretendKept.set)
        return try SnapshotClone(
            of: found,
            run: run,
            tools: tools,
            identity: PretendKept.here,
            lockDirectory: scratch.path + "/locks"
        )
    }

    @Test func `a clone carries the tags of its own run from the command on that makes it`() async throws {
        let group = PretendKept(isThin: true)
        let clone = try await clone(group)
        let words = clone.plan.arguments
        #expect(words.starts(with: ["-y", "-s", "-n", "lvmbackup_open_r9", "-ky"]))
        #expect(words.last == "vg0/mysql_snapshot-7f3a")
        for tag in [RunTags.ours, RunTags.active, "lvmbackup_run=r9"] { #expect(words.contains(tag)) }
        #expect(!words.contains(RunTags.kept))
    }

    @Test func `the command that makes it bears the name of its run`() async throws {
        let group = PretendKept(isThin: true)
        group.script.on("lvcreate") { _ in throw HostError.commandNotFound("lvcreate") }
        await #expect(throws: LVMError.self) { try await clone(group).make() }
        let command = group.script.asked.first { $0.executable == "lvcreate" }
        #expect(command?.environment == RunProcesses.mark("r9"))
        #expect(command?.arguments.dropFirst(2).prefix(2) == ["-ay", "-K"])
    }

    @Test func `its removal selects its own run's active snapshot alone`() async throws {
        let clone = try await clone(PretendKept(isThin: true))
        #expect(clone.release.undo == .exec(SnapshotRemoval.command("lv_tags={lvmbackup_active && lvmbackup_run=r9}")))
    }

    @Test func `a pool that is nearly full gets no clone`() async throws {
        let group = PretendKept(isThin: true, others: [])
        let tools = LVMTools(group.script.commands)
        var found = try await KeptSnapshots(tools: tools, here: PretendKept.here).find(PretendKept.set)
        found.pool?.dataPercent = 95
        #expect(throws: LVMError.self) {
            try SnapshotClone(
                of: found,
                run: "r9",
                tools: tools,
                identity: PretendKept.here,
                lockDirectory: scratch.path
            )
        }
    }

    @Test func `an lvcreate that failed is told, and no lock is left`() async throws {
        let group = PretendKept(isThin: true)
        group.script.on("lvcreate") { _ in CommandResult(status: .exited(5)) }
        let clone = try await clone(group)
        await #expect(
            throws: LVMError.creationFailed(snapshot: "vg0/lvmbackup_open_r9", reason: "lvcreate ended with status 5")
        ) { try await clone.make() }
        #expect(try RunLock.isFree("vg0/mysql_snapshot-7f3a", directory: scratch.path + "/locks"))
    }
}
