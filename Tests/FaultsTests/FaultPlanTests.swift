import Testing

@testable import Faults

@Suite struct `Faults as they are written` {
    @Test(arguments: [
        ("fail", FaultAct.fail), ("hang", .hang(seconds: nil)), ("hang=3", .hang(seconds: 3)),
        ("slow=1.5", .slow(seconds: 1.5)), ("kill", .kill), ("stop", .stop),
        ("signal=TERM", .signal(15, times: 1)), ("signal=HUP*3", .signal(1, times: 3)),
        ("kill-command=0.05", .killCommand(seconds: 0.05)),
    ])
    func `an act is read`(text: String, act: FaultAct) throws {
        var plan = try FaultPlan("step/mount:entry:\(text)")
        #expect(plan.pass("step/mount", .entry) == act)
    }

    @Test(arguments: [
        "step/mount", "step/mount:soon:fail", "step/mount:entry:explode", "step/mount:entry:slow",
        "step/mount:entry:fail=3", "step/mount:entry:signal=KILL", "step/mount:entry:fail@0",
        "step/mount:entry:fail@4-2",
    ])
    func `nonsense is refused`(text: String) {
        #expect(throws: UnknownFault(text: text)) { try FaultPlan(text) }
    }

    @Test func `a point means what begins like it, word by word`() throws {
        var plan = try FaultPlan("sql/BACKUP STAGE:exit:fail;release/lock:entry:kill")
        #expect(plan.pass("sql/BACKUP STAGE FLUSH", .exit) == .fail)
        #expect(plan.pass("sql/BACKUP STAGE FLUSH", .entry) == nil)
        #expect(plan.pass("sql/BACKUP", .exit) == nil)
        #expect(plan.pass("release/locksmith", .entry) == nil)
        #expect(plan.pass("release/lock", .entry) == .kill)
    }

    @Test(arguments: [("", [1, 2, 3, 4]), ("@2", [1, 2]), ("@2-3", [2, 3])])
    func `the passes are counted`(suffix: String, struck: [Int]) throws {
        var plan = try FaultPlan("command/lvs:entry:fail\(suffix)")
        #expect((1...4).filter { _ in plan.pass("command/lvs", .entry) != nil } == struck)
    }
}
