/// The differences of a thin volume.
extension FaultRows {
    static let thin: [FaultRow] = (setting + creation + activation + removal + deaths).map { row in
        var thin = row
        thin.moment += ", thin"
        thin.options.append("--no-innodb-recovery")
        thin.isThin = true
        return thin
    }

    /// The command that tells how full a pool may be; lvcreate knows as well.
    private static let setting: [FaultRow] = [
        command("fails", "lvmconfig entry", "entry:fail", [0]),
        command("did its work, says it failed", "lvmconfig exit", "exit:fail", [0]),
        command("hangs for 3 s, is sent SIGTERM", "lvmconfig entry", "entry:hang=3", [0]),
        command("killed", "lvmconfig", "entry:kill-command=0.01", [0]),
    ]

    private static let creation: [FaultRow] =
        [0.02, 0.06, 0.1].map { seconds in
            FaultRow(
                fault: "killed after \(Int(seconds * 1000)) ms",
                moment: "lvcreate in the prepared shell",
                injection: "shell/lvcreate:entry:kill-command=\(seconds)",
                statuses: [0, 1],
                causes: killed,
                stallLimit: 5
            )
        }
        + [
            command("fails", "lvcreate entry", "entry:fail", [1]),
            command("fails", "lvcreate exit", "exit:fail", [1]),
            command("killed", "lvcreate", "entry:kill-command=0.06", [0, 1], killed),
            command("hangs for 5 s", "lvcreate entry", "entry:hang=5", [1], ["the lock was held for 2 s"]),
        ].map { row in
            var ordinary = row
            ordinary.injection = "command/lvm:entry:fail;" + row.injection
            ordinary.options = ["--max-lock", "2s"]
            ordinary.stallLimit = 5
            return ordinary
        }

    /// After the unlock.
    private static let activation: [FaultRow] = [
        command("fails", "lvchange entry", "entry:fail", [1]),
        command("did its work, says it failed", "lvchange exit", "exit:fail", [1]),
        command("hangs for 3 s, is sent SIGTERM", "lvchange entry", "entry:hang=3", [1], ["did not end within"]),
        command("killed", "lvchange", "entry:kill-command=0.03", [0, 1], killed),
        command("takes 3 s", "lvchange entry", "entry:slow=3", [0]),
    ]

    private static let removal: [FaultRow] = [
        command("fails three times", "lvremove entry", "entry:fail@3", [0]),
        command("did its work, says it failed", "lvremove exit", "exit:fail@3", [0]),
        command("hangs for 3 s, is sent SIGTERM", "lvremove entry", "entry:hang=3@3", [0]),
        command("killed", "lvremove", "entry:kill-command=0.03@3", [0]),
    ]

    private static let deaths: [FaultRow] = [
        "step/snapshot:middle", "command/lvchange:entry", "command/lvchange:exit", "command/lvremove:entry",
    ].flatMap { point in
        let moment = point.replacing("command/", with: "").replacing(":", with: " ")
        let kill = FaultRow(fault: "SIGKILL", moment: moment, injection: "\(point):kill", statuses: [137])
        var both = FaultRow(fault: "SIGKILL of run and guardian", moment: moment, injection: "", statuses: [137])
        both.injection = "\(point):stop"
        both.act = .killBoth
        both.mayLeave = .anything
        return [kill, both]
    }

    /// - Parameter moment: the command's name, and when.
    private static func command(
        _ fault: String,
        _ moment: String,
        _ act: String,
        _ statuses: Set<Int32>,
        _ causes: [String] = []
    ) -> FaultRow {
        let name = moment.split(separator: " ")[0]
        let injection = "command/\(name):\(act)"
        return FaultRow(fault: fault, moment: moment, injection: injection, statuses: statuses, causes: causes)
    }
}
