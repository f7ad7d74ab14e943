import Host
import Synchronization
import Testing

@testable import LVM

struct SnapshotRemovalTests {
    private let here: Identity

    init() throws { here = try Identity.current() }

    private func group() -> PretendGroup {
        PretendGroup([("s1", RunTags(run: "r1", identity: here, origin: "vg0/mysql").all)])
    }

    /// - Returns: the resumed devices.
    private func remove(from group: PretendGroup) async throws -> [String] {
        let resumed = Mutex<[String]>([])
        let tools = LVMTools(group.script.commands)
        let snapshot = try #require(try await tools.volumes(where: RunTags.selection(run: "r1")).first)
        let removal = SnapshotRemoval(
            tools: tools,
            // No process is at work with LVM there.
            table: ProcessTable(),
            endangered: EndangeredVolumes(snapshot)
        ) { names in resumed.withLock { $0 += names } }
        try await removal.remove(RunTags.selection(run: "r1"))
        return resumed.withLock { $0 }
    }

    @Test func `an lvremove that dies when the snapshot is gone leaves no origin suspended`() async throws {
        let group = group()
        group.endsAbruptly()
        #expect(try await remove(from: group) == ["vg0-mysql"])
        #expect(group.names == [])
        #expect(group.resumed == ["vg0-mysql"])
    }

    @Test func `after a removal that succeeds there is no search`() async throws {
        let group = group()
        #expect(try await remove(from: group) == [])
        #expect(!group.script.asked.contains { $0.executable == "dmsetup" })
    }

    @Test(arguments: [CommandResult.Status.signalled(11), .exited(5), .exited(3)])
    func `a selection that LVM cannot work with is followed by a removal by the run's tag`(
        status: CommandResult.Status
    ) async throws {
        let group = group()
        group.letSelectionFail(status)
        _ = try await remove(from: group)
        #expect(group.names == [])
        #expect(group.removals == [["-y", "-S", RunTags.selection(run: "r1")], ["-y", "@lvmbackup_run=r1"]])
        // Its directory may be the reason.
        let second = group.script.asked.last { $0.executable == "lvremove" }
        #expect(second?.arguments.dropFirst().first?.contains("backup{archive=0 backup=0}") == true)
    }

    @Test func `a volume whose tags changed meanwhile is not removed by a tag`() async throws {
        let group = PretendGroup([("s1", ["lvmbackup_active", "lvmbackup_run=r1"])])
        group.letSelectionFail(.exited(5))
        let removal = SnapshotRemoval(
            tools: LVMTools(group.script.commands),
            endangered: EndangeredVolumes(group: "vg0", volumes: [])
        ) { _ in }
        await #expect(throws: LVMError.self) {
            try await removal.remove(RunTags.selection(run: "r1"), patience: false)
        }
        #expect(group.removals.count == 1)
    }
}
