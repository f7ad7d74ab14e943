import Host
import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import LVM

/// The results of cleanup for the records of stale runs.
struct RecordCleanupTests: CleanupFixture {
    let scratch: ScratchDirectory
    let here: Identity

    init() throws {
        scratch = try ScratchDirectory()
        here = try Identity.current()
    }

    @Test func `a stale run's record is undone from its end, then removed`() async throws {
        var identity = here
        dead(&identity)
        let record = try RunRecord(run: "r1", identity: identity, directory: directory + "/runs")
        try record.intend(RecordedUndo(.exec(["first"]), for: .hook))
        try record.intend(RecordedUndo(.sql("second"), for: .serverSetting))
        let undone = Mutex<[Release.Undo]>([])
        let cleanup = cleanup(PretendGroup([]), undo: { entry in undone.withLock { $0.append(entry.undo) } })
        #expect(try await cleanup.cleanUp().removed == ["record of run r1"])
        #expect(undone.withLock { $0 } == [.sql("second"), .exec(["first"])])
        #expect(try RunRecord.all(in: directory + "/runs").isEmpty)
    }

    @Test func `an undo that fails keeps the record, and no other undo from its turn`() async throws {
        var identity = here
        dead(&identity)
        let record = try RunRecord(run: "r1", identity: identity, directory: directory + "/runs")
        for name in ["first", "second", "third"] { try record.intend(RecordedUndo(.exec([name]), for: .hook)) }
        let undone = Mutex<[Release.Undo]>([])
        let cleanup = cleanup(PretendGroup([])) { entry in
            undone.withLock { $0.append(entry.undo) }
            if entry.undo != .exec(["first"]) { throw Failure(.failed, "no \(entry.undo)") }
        }
        let report = try await cleanup.cleanUp()
        #expect(undone.withLock { $0.count } == 3)
        #expect(report.leaked.count == 1)
        #expect(report.leaked.first?.reason.contains("third") == true)
        #expect(report.leaked.first?.reason.contains("second") == true)
        // Those commands, and the removal of the record.
        #expect(report.leaked.first?.repair == "third && second && rm \(directory)/runs/r1")
        #expect(try RunRecord.all(in: directory + "/runs").count == 1)
    }

    @Test(arguments: [true, false])
    func `a stale run's record stays as long as its guardian has the lock`(hasSnapshot: Bool) async throws {
        var identity = here
        dead(&identity)
        let record = try RunRecord(run: "r1", identity: identity, directory: directory + "/runs")
        let group = PretendGroup(hasSnapshot ? [("mine", tags("r1", dead))] : [])
        let owner = RunLock.Owner(run: "r1", pid: 1, since: 0)
        let lock = try RunLock("vg0/mysql", owner: owner, directory: directory + "/locks")
        let report = try await cleanup(group).cleanUp()
        #expect(report.untouched.map(\.name).contains("record of run r1"))
        #expect(report.removed == [])
        lock.release()
        #expect(try await cleanup(group).cleanUp().removed.contains("record of run r1"))
        try record.remove()
    }

    @Test func `a record that cannot be read is told, and keeps nothing else from being removed`() async throws {
        let group = PretendGroup([("dead", tags("r1", dead))])
        let report = try await cleanup(group, records: "/proc/sys/vm").cleanUp()
        #expect(report.removed == [#"snapshot "vg0/dead""#])
        let finding = report.untouched.first { $0.name == #"record "/proc/sys/vm/drop_caches""# }
        #expect(finding?.command == "rm /proc/sys/vm/drop_caches")
        #expect(finding?.fate == .untouched(#"open "/proc/sys/vm/drop_caches": permission denied"#))
    }

    @Test func `a living run's record stays`() async throws {
        let record = try RunRecord(run: "r1", identity: here, directory: directory + "/runs")
        let report = try await cleanup(PretendGroup([])).cleanUp()
        #expect(report.untouched.map(\.name) == ["record of run r1"])
        try record.remove()
    }
}
