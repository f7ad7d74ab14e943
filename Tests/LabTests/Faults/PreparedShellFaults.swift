/// The `lvm` that is started before the lock, and runs lvcreate under it.
extension FaultRows {
    /// How a command that was killed is told; the second where it was run by `timeout`.
    static let killed = ["was ended by signal 9", "ended with status 137"]

    /// The shell that is started before the lock, so that only lvcreate's own work is under it.
    static let shell: [FaultRow] =
        [0, 0.005, 0.02, 0.06, 0.1, 0.2, 0.4].map { seconds in
            FaultRow(
                fault: seconds == 0 ? "killed before it has its command" : "killed after \(Int(seconds * 1000)) ms",
                moment: preparedShell,
                injection: "shell/lvcreate:entry:kill-command=\(seconds)",
                statuses: seconds == 0 ? [1] : [0, 1],
                causes: killed,
                stallLimit: 5
            )
        } + [
            FaultRow(
                fault: "has died before the lock",
                moment: preparedShell,
                injection: "command/lvm:exit:kill-command=0",
                statuses: [0]
            ),
            FaultRow(
                fault: "answers something else",
                moment: preparedShell,
                injection: "shell/lvcreate:entry:fail",
                statuses: [1],
                causes: ["No such command 'gibberish'"]
            ),
            FaultRow(
                fault: "did its work, says it failed",
                moment: preparedShell,
                injection: "shell/lvcreate:exit:fail",
                statuses: [1]
            ),
            FaultRow(
                fault: "hangs for 5 s",
                moment: preparedShell,
                injection: "shell/lvcreate:entry:hang=5",
                options: ["--max-lock", "2s"],
                statuses: [1],
                says: ["the lock was held for 2 s"]
            ),
            FaultRow(
                fault: "takes 1 s longer",
                moment: "\(preparedShell), before",
                injection: "shell/lvcreate:entry:slow=1",
                statuses: [0]
            ),
            FaultRow(
                fault: "takes 1 s longer",
                moment: "\(preparedShell), after",
                injection: "shell/lvcreate:exit:slow=1",
                statuses: [0]
            ),
            FaultRow(
                fault: "SIGKILL",
                moment: "\(preparedShell), before",
                injection: "shell/lvcreate:entry:kill",
                statuses: [137],
                stallLimit: 1
            ),
            FaultRow(
                fault: "SIGKILL",
                moment: "\(preparedShell), after",
                injection: "shell/lvcreate:exit:kill",
                statuses: [137],
                stallLimit: 1
            ),
        ]
    private static let preparedShell = "lvcreate in the prepared shell"
}
