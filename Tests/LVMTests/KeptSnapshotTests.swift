import Host
import Lifecycle
import Testing

@testable import LVM

/// The states of kept snapshots, as their sets and LVM tell.
struct KeptSnapshotTests {
    /// - Parameter kept: differences from a valid snapshot of this host.
    private func state(
        isThin: Bool = false,
        _ kept: PretendKept.Row = [:],
        set: KeptSnapshot = PretendKept.set
    ) async throws -> KeptSnapshot.State? {
        let group = PretendKept(isThin: isThin, kept: kept)
        return try await KeptSnapshots(tools: LVMTools(group.script.commands), here: PretendKept.here).states(of: [set])
            .first
    }

    private func tags(_ tags: [String]) -> PretendKept.Row { ["lv_tags": tags.joined(separator: ",")] }

    @Test(arguments: [false, true])
    func `a kept snapshot of this host is valid`(isThin: Bool) async throws {
        #expect(try await state(isThin: isThin) == .valid)
    }

    @Test func `a set that does not tell the UUID has the snapshot of its run`() async throws {
        var set = PretendKept.set
        set.uuid = ""
        #expect(try await state(set: set) == .valid)
    }

    @Test(arguments: [["lv_uuid": "another"], ["lv_tags": ""], ["lv_tags": "lvmbackup,lvmbackup_kept"]])
    func `a snapshot that LVM does not show is gone, on the host of the run`(row: [String: String]) async throws {
        #expect(try await state(row) == .gone)
        var set = PretendKept.set
        set.host = "db2"
        #expect(try await state(row, set: set) == .elsewhere("db2"))
    }

    @Test func `a snapshot in another host's volume group is elsewhere`() async throws {
        #expect(try await state(["foreign": "1"]) == .elsewhere("db1"))
    }

    @Test func `a snapshot whose tags name another machine is elsewhere`() async throws {
        let tags = PretendKept.tags {
            $0.machine = "m2"
            $0.host = "db7"
        }
        #expect(try await state(self.tags(tags)) == .elsewhere("db7"))
    }

    @Test(arguments: [("db1", KeptSnapshot.State.valid), ("db7", .elsewhere("db7"))])
    func `machines without an id are told apart by their names`(name: String, expected: KeptSnapshot.State) async throws
    {
        let tags = PretendKept.tags {
            $0.machine = Identity.unknownMachine
            $0.host = name
        }
        var here = PretendKept.here
        here.machine = Identity.unknownMachine
        let group = PretendKept(kept: self.tags(tags))
        let kept = KeptSnapshots(tools: LVMTools(group.script.commands), here: here)
        #expect(try await kept.states(of: [PretendKept.set]) == [expected])
    }

    @Test func `a snapshot of a run that has not finished is unclear`() async throws {
        let found = try await state(tags(PretendKept.tags(isActive: true)))
        #expect(found == .unclear("its run has not finished"))
        let untagged = try await state(tags(PretendKept.tags().filter { $0 != RunTags.kept }))
        #expect(untagged == .unclear("it is not tagged as kept"))
    }

    @Test(
        arguments: [
            ["lv_snapshot_invalid": "snapshot invalid"], ["lv_attr": "swi-I-s---"], ["data_percent": "100.00"],
        ] as [[String: String]]
    )
    func `a full thick snapshot is invalid`(row: [String: String]) async throws {
        guard case .invalid = try await state(row) else {
            Issue.record("\(row)")
            return
        }
    }

    @Test(arguments: ["F", "D", "M", "X", "p"])
    func `a thin snapshot that has failed is invalid`(letter: String) async throws {
        guard case .invalid = try await state(isThin: true, ["lv_attr": "Vwi---tz\(letter)k"]) else {
            Issue.record("\(letter)")
            return
        }
    }

    @Test(arguments: [["lv_attr": "Swi-a-s---"], ["lv_merging": "merging"]])
    func `a snapshot that is being merged is told so`(row: [String: String]) async throws {
        #expect(try await state(row) == .merging)
    }

    @Test(
        arguments: [
            (["lv_tags": ""], KeptSnapshot.State.gone), (["lv_attr": "Swi-a-s---"], .merging),
            (["foreign": "1"], .elsewhere("db1")),
        ] as [([String: String], KeptSnapshot.State)]
    )
    func `a snapshot that is not valid is refused, each with a message of its own`(
        row: [String: String],
        state: KeptSnapshot.State
    ) async throws {
        let group = PretendKept(kept: row)
        let kept = KeptSnapshots(tools: LVMTools(group.script.commands), here: PretendKept.here)
        await #expect(throws: LVMError.unusableKept("vg0/mysql_snapshot-7f3a", state)) {
            try await kept.find(PretendKept.set)
        }
    }

    @Test func `the messages of the states differ, and each but one advises`() {
        let states: [KeptSnapshot.State] = [
            .gone, .invalid("it became full"), .merging, .elsewhere("db2"), .unclear("its tags are not complete"),
        ]
        let failures = states.map { LVMError.unusableKept("vg0/s", $0).failure }
        #expect(Set(failures.map(\.message)).count == states.count)
        #expect(failures.allSatisfy { $0.advice != nil && $0.kind == .unsuitable })
    }
}
