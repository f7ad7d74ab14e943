/// Faults of all kinds at all points, drawn.
enum SoakFaults {
    /// One fault for a run with these options; a kind that there is more of is named more often.
    static func row(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let draw = dice.oneOf([
            failure, failure, hang, slowness, death, death, doubleDeath, doubleDeath, lonelyGuardian, service, signal,
            signal, release, release, killedTool, failedTool, failedTool, statement, statement, session, several,
            several,
        ])
        var row = draw(options, &dice)
        row.options = options.arguments + row.options
        return row
    }

    private typealias Draw = @Sendable (SoakOptions, inout Dice) -> FaultRow

    private static let moments = ["entry", "middle", "exit"]
    private static let releases = [
        "lock", "second session", "session", "mount", "snapshot", "recovery directory", "run lock", "guardian",
    ]

    private static func step(_ options: SoakOptions, _ dice: inout Dice) -> String {
        var names = [
            "preflight", "connect", "locate", "prepare", "lock", "snapshot", "mount", "archive", "publish", "retain",
        ]
        if options.lock == "read-lock" { names.append("flush") }
        if options.recovers { names.append("recover") }
        return "step/\(dice.oneOf(names))"
    }

    private static func row(_ fault: String, _ point: String, _ moment: String, _ act: String) -> FaultRow {
        FaultRow(
            fault: fault,
            moment: "\(point) \(moment)",
            injection: "\(point):\(moment):\(act)",
            statuses: [0, 1, 2, 3, 137],
            isCertain: false
        )
    }

    @Sendable private static func failure(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        row("step fails", step(options, &dice), dice.oneOf(moments), "fail")
    }

    @Sendable private static func hang(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        var row = row("step hangs", step(options, &dice), dice.oneOf(moments), "hang")
        row.options = ["--timeout", "14s"]
        return row
    }

    @Sendable private static func slowness(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let seconds = dice.oneOf(["0.3", "1", "2.5"])
        let point = dice.oneOf([step(options, &dice), "release/\(dice.oneOf(releases))"])
        return row("slow", point, dice.oneOf(["entry", "exit"]), "slow=\(seconds)")
    }

    @Sendable private static func death(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let point = dice.oneOf([step(options, &dice), step(options, &dice), "release/\(dice.oneOf(releases))"])
        return row("SIGKILL", point, dice.oneOf(point.hasPrefix("step") ? moments : ["entry", "exit"]), "kill")
    }

    @Sendable private static func doubleDeath(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        stopped("SIGKILL of run and guardian", .killBoth, options, &dice)
    }

    @Sendable private static func lonelyGuardian(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        stopped("SIGKILL of the guardian", .killGuardian, options, &dice)
    }

    @Sendable private static func service(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        stopped("SIGTERM to all processes", .terminateAll, options, &dice)
    }

    /// Stopped where there is a guardian by then.
    private static func stopped(
        _ fault: String,
        _ act: FaultRow.Act,
        _ options: SoakOptions,
        _ dice: inout Dice
    ) -> FaultRow {
        var row = row(fault, step(options, &dice), dice.oneOf(["middle", "exit"]), "stop@1")
        row.act = act
        return row
    }

    @Sendable private static func signal(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let point = dice.oneOf([step(options, &dice), step(options, &dice), "release/\(dice.oneOf(releases))"])
        let signal = dice.oneOf(["INT", "TERM", "HUP"])
        let moment = dice.oneOf(point.hasPrefix("step") ? moments : ["entry", "exit"])
        return row("SIG\(signal)", point, moment, "signal=\(signal)\(dice.oneOf(["", "*3"]))")
    }

    @Sendable private static func release(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let act = dice.oneOf(["fail@1", "fail@3", "hang@1"])
        // Of the others the deadline is a minute.
        let hanging = ["lock", "second session", "session", "snapshot", "guardian"]
        let name = dice.oneOf(act == "hang@1" ? hanging : releases)
        return row("release \(act.hasPrefix("hang") ? "hangs" : "fails")", "release/\(name)", "entry", act)
    }

    @Sendable private static func killedTool(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let name = dice.oneOf(["lvcreate", "lvcreate", "lvremove", "lvremove", "lvs", "vgs"])
        let seconds = dice.oneOf(["0.01", "0.03", "0.06", "0.1", "0.2"])
        var row = row("LVM command killed", "command/\(name)", "entry", "kill-command=\(seconds)@\(dice.oneOf([1, 3]))")
        // Run the ordinary way, and not by the shell of LVM's that is started ahead.
        if name == "lvcreate" { row.injection += ";command/lvm:entry:fail" }
        return row
    }

    @Sendable private static func failedTool(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let name = dice.oneOf(["lvcreate", "lvremove", "lvs", "vgs", "mount", "umount", "dmsetup"])
        var acts = ["fail@1", "fail@3", "fail@2-2", "fail@4-4"]
        if !["mount", "umount"].contains(name) { acts.append("hang=3@1") }
        let act = dice.oneOf(acts)
        let moment = act.hasPrefix("hang") ? "entry" : dice.oneOf(["entry", "exit"])
        var row = row("command \(act.hasPrefix("hang") ? "hangs" : "fails")", "command/\(name)", moment, act)
        if name == "lvcreate" { row.injection += ";command/lvm:entry:fail" }
        return row
    }

    @Sendable private static func statement(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let act = dice.oneOf(["fail@1", "kill", "hang@1"])
        let moment = act == "hang@1" ? "entry" : dice.oneOf(["entry", "exit"])
        var row = row("statement \(words[act] ?? act)", "sql/\(dice.oneOf(statements(options)))", moment, act)
        if act == "hang@1" { row.options = ["--lock-wait-timeout", "3s", "--timeout", "14s"] }
        return row
    }

    private static let words = ["fail@1": "fails", "kill": "and SIGKILL", "hang@1": "not answered"]

    private static func statements(_ options: SoakOptions) -> [String] {
        options.lock == "read-lock"
            ? ["FLUSH TABLES WITH READ LOCK", "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "UNLOCK TABLES"]
            : [
                "BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL", "BACKUP STAGE BLOCK_COMMIT",
                "BACKUP STAGE END",
            ]
    }

    @Sendable private static func session(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        let points = statements(options).map { "sql/\($0):entry" }
        let point = dice.oneOf(points + ["step/lock:exit", "step/snapshot:exit", "step/mount:exit"])
        let parts = point.split(separator: ":").map(String.init)
        var row = row("KILL of the sessions", parts[0], parts[1], "stop@1")
        row.act = .killSessions
        return row
    }

    @Sendable private static func several(_ options: SoakOptions, _ dice: inout Dice) -> FaultRow {
        var rows: [FaultRow] = []
        for _ in 1...dice.number(in: 2...3) {
            let draw = dice.oneOf([failure, slowness, death, signal, release, killedTool, failedTool, statement])
            rows.append(draw(options, &dice))
        }
        var row = rows[0]
        row.fault = "several at once"
        row.moment = rows.map { "\($0.fault), \($0.moment)" }.joined(separator: " + ")
        row.injection = rows.map(\.injection).joined(separator: ";")
        row.options = rows.map(\.options).max { $0.count < $1.count } ?? []
        return row
    }
}
