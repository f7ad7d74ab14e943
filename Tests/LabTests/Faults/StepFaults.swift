/// Each step, at each of its moments.
extension FaultRows {
    private static let stepNames = [
        "preflight", "connect", "locate", "prepare", "flush", "lock", "snapshot", "mount", "recover", "archive",
        "publish", "retain",
    ]

    static let steps = stepNames.flatMap { step in
        ["entry", "middle", "exit"].flatMap { moment in faults(of: step, moment) }
    }

    private static func faults(of step: String, _ moment: String) -> [FaultRow] {
        let point = "step/\(step)"
        // Once the set has its name a run does not fail any more.
        let isPublished = step == "retain" || (step == "publish" && moment == "exit")
        let failed: Set<Int32> = isPublished ? [0] : [1]
        func row(_ fault: String, _ act: String, _ statuses: Set<Int32>, _ says: [String]) -> FaultRow {
            FaultRow(
                fault: fault,
                moment: "\(point) \(moment)",
                injection: "\(point):\(moment):\(act)",
                options: options(for: step),
                statuses: statuses,
                says: says
            )
        }
        // Long enough for the step to be reached. The lock ends when the snapshot is complete, before its step does.
        let isSnapshotMade = step == "snapshot" && moment != "entry"
        let later = ["mount", "recover", "archive", "publish", "retain"]
        let limit = later.contains(step) || isSnapshotMade ? 25 : 9
        var hang = row("hangs", "hang", failed, isPublished ? [toldToStop] : ["took longer than \(limit) s"])
        // The limit of the lock ends a run under it, also on a slow machine.
        let isLocked = (step == "snapshot" && !isSnapshotMade) || (step == "lock" && moment != "entry")
        hang.options += ["--timeout", isLocked ? "60s" : "\(limit)s", "--max-lock", "2s"]
        if isLocked { hang.says = ["the lock was held for 2 s"] }
        var kill = row("SIGKILL", "kill", [137], [])
        kill.stallLimit = 1
        var both = row("SIGKILL of run and guardian", "stop", [137], [])
        both.act = .killBoth
        both.mayLeave = .anything
        // No hook is asked any more once the set is about to get its name.
        let isTooLate = isPublished || step == "publish"
        let stops: Set<Int32> = isPublished ? [0] : isTooLate ? [0, 1] : [1]
        let told = isTooLate ? [] : [toldToStop]
        var signal =
            switch moment {
            case "entry": row("SIGINT", "signal=INT", stops, told)
            case "middle": row("SIGTERM three times", "signal=TERM*3", stops, told)
            default: row("SIGHUP", "signal=HUP", stops, told)
            }
        signal.causes = [toldToStop]
        let fail = row("fails", "fail", failed, ["injected fault at \(moment) of \(point)"])
        var slow = row("takes 1 s longer", "slow=1", [0], [])
        // Recovery is its own row's business. A set without one takes no older set's place.
        slow.options += ["recover", "retain"].contains(step) ? [] : ["--no-innodb-recovery"]
        // Hanging takes its time: everywhere in the middle, and at all moments where it matters most.
        let hangs = moment == "middle" || ["lock", "snapshot", "archive"].contains(step)
        return [fail] + (hangs ? [hang, slow] : []) + [kill] + (moment == "entry" ? [] : [both]) + [signal]
    }

    private static func options(for step: String) -> [String] {
        switch step {
        case "flush": ["--lock", "read-lock"]
        // Recovery takes longer than everything else.
        case "archive", "publish": ["--no-innodb-recovery"]
        case "retain": ["--keep-last", "1"]
        default: []
        }
    }
}
