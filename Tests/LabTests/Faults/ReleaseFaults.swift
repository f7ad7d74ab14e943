/// Each release.
extension FaultRows {
    private static let releaseNames = [
        "lock", "second session", "session", "mount", "snapshot", "origin", "recovery directory", "run lock",
        "lvm shell", "guardian",
    ]
    /// Those that come when the set has its name.
    private static let late = ["origin", "run lock", "lvm shell", "guardian"]

    static let releases = releaseNames.flatMap { name in
        let point = "release/\(name)"
        // After a failed release of the lock the snapshot's state is unknown.
        let once: Set<Int32> =
            name == "lock" ? [1] : ["snapshot", "second session", "session"].contains(name) ? [0] : [2]
        func row(
            _ fault: String,
            _ act: String,
            _ statuses: Set<Int32>,
            _ says: [String] = [],
            at moment: String = "entry",
            mayLeave: FaultRow.Remainder? = nil
        ) -> FaultRow {
            FaultRow(
                fault: fault,
                moment: moment == "entry" ? point : "\(point) \(moment)",
                injection: "\(point):\(moment):\(act)",
                options: name == "recovery directory" ? [] : ["--no-innodb-recovery"],
                statuses: statuses,
                says: says,
                mayLeave: mayLeave ?? (statuses.contains(2) ? .anything : .nothing)
            )
        }
        let isFatal = name == "lock"
        let always: Set<Int32> = isFatal ? [3] : [2]
        let kills = ["entry", "exit"].map { moment in
            // Once the guardian has gone no process is left to remove the record.
            let isAlone = name == "guardian" && moment == "exit"
            var kill = row("SIGKILL", "kill", [137], at: moment, mayLeave: isAlone ? .record : nil)
            kill.stallLimit = 1
            return kill
        }
        var both = row("SIGKILL of run and guardian", "stop", [137])
        both.act = .killBoth
        both.mayLeave = .anything
        // Of the others the deadline is a minute.
        let hangs = ["lock", "second session", "session", "snapshot", "lvm shell", "guardian"].contains(name)
        let signals = [("SIGTERM", "TERM"), ("SIGINT three times", "INT*3"), ("SIGHUP", "HUP")].map { fault, signal in
            var stop = row(fault, "signal=\(signal)", late.contains(name) ? [0] : [1])
            stop.causes = [toldToStop]
            return stop
        }
        var hang = row("hangs once", "hang@1", once)
        hang.causes = ["cannot release lock: no answer within 0.9 s"]
        return [
            row("fails once", "fail@1", once),
            row("did its work, says it failed", "fail@1", once, at: "exit", mayLeave: .record),
            row("fails three times", "fail@3", always, [name, "injected fault at entry of release/\(name)"]),
            // The lock's has 0.9 s.
            row("takes 0.5 s longer", "slow=0.5", [0]),
            both,
        ] + kills + signals + (hangs ? [hang] : [])
    }
}
