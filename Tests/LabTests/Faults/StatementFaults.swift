import Foundation

/// The statements of the lock, and what is around the command.
extension FaultRows {
    static let statements: [FaultRow] =
        [
            "BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL", "BACKUP STAGE BLOCK_COMMIT",
        ].flatMap { sql in
            [
                FaultRow(fault: "fails", moment: "\(sql) entry", injection: "sql/\(sql):entry:fail", statuses: [1]),
                FaultRow(fault: "fails", moment: "\(sql) exit", injection: "sql/\(sql):exit:fail", statuses: [1]),
                FaultRow(
                    fault: "no answer",
                    moment: "\(sql) entry",
                    injection: "sql/\(sql):entry:hang",
                    options: ["--lock-wait-timeout", "3s", "--timeout", "15s"],
                    statuses: [1],
                    // No writer waits yet at the first stage.
                    causes: sql.hasSuffix("START") ? ["took longer than 15 s"] : ["was not granted within 3 s"],
                    stallLimit: 4
                ),
                FaultRow(
                    fault: "SIGKILL",
                    moment: "\(sql) exit",
                    injection: "sql/\(sql):exit:kill",
                    statuses: [137],
                    stallLimit: 1
                ),
            ]
        } + [
            FaultRow(
                fault: "no answer",
                moment: "BACKUP STAGE END entry",
                injection: "sql/BACKUP STAGE END:entry:hang@1",
                statuses: [1],
                says: ["the lock may have been lost"]
            ),
            FaultRow(
                fault: "fails",
                moment: "BACKUP STAGE END entry",
                injection: "sql/BACKUP STAGE END:entry:fail@1",
                statuses: [1],
                says: ["the lock may have been lost"]
            ),
            FaultRow(
                fault: "fails",
                moment: "BACKUP STAGE END exit",
                injection: "sql/BACKUP STAGE END:exit:fail@1",
                statuses: [1],
                says: ["the lock may have been lost"]
            ),
        ]

    static let surroundings: [FaultRow] =
        [
            FaultRow(
                fault: "standard output closed",
                moment: "from the start",
                injection: "",
                options: ["--json"],
                wrapper: ["bash", "-c", #""$@" | true; exit "${PIPESTATUS[0]}""#, "bash"],
                statuses: [0],
                isCertain: false
            ),
            FaultRow(
                fault: "standard error closed",
                moment: "from the start",
                injection: "",
                wrapper: ["bash", "-c", #""$@" 2>&1 >/dev/null | true; exit "${PIPESTATUS[0]}""#, "bash"],
                statuses: [0],
                isCertain: false
            ),
        ]
        + ["connect", "lock", "mount", "archive"].map { step in
            FaultRow(
                fault: "the terminal goes away",
                moment: "step/\(step) exit",
                injection: "step/\(step):exit:slow=1",
                wrapper: ["python3", "\(Lab.tools)/terminal", "step/\(step) exit"],
                statuses: [1],
                isCertain: false
            )
        }

    /// The run is stopped at a point, and something happens to its company meanwhile.
    static let company =
        ["step/lock:exit", "step/mount:exit", "step/archive:middle"].map { point in
            stopped("SIGKILL of the guardian", point, .killGuardian, status: 0, says: [])
        }
        + ["step/lock:exit", "step/snapshot:middle", "step/mount:exit", "step/recover:middle", "step/archive:middle"]
        .map { stopped("SIGTERM to all processes", $0, .terminateAll, status: 1, says: [toldToStop]) }

    private static func stopped(
        _ fault: String,
        _ point: String,
        _ act: FaultRow.Act,
        status: Int32,
        says: [String]
    ) -> FaultRow {
        FaultRow(
            fault: fault,
            moment: point.replacingOccurrences(of: ":", with: " "),
            injection: "\(point):stop",
            act: act,
            statuses: [status],
            says: says
        )
    }
}
