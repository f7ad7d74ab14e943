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
}
