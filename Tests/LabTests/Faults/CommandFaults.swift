/// LVM commands, mounting and unmounting.
extension FaultRows {
    static let commands: [FaultRow] =
        (shell + lvcreate + commandRows("lvs", statuses: [1]) + commandRows("vgs", statuses: [1])
        + commandRows("lvremove", statuses: [0], times: 3) + lvsLater + rehearsal + systemCalls)
        .map { row in
            var quick = row
            quick.options.append("--no-innodb-recovery")
            return quick
        }

    private static func commandRows(
        _ name: String,
        statuses: Set<Int32>,
        times: Int? = nil
    ) -> [FaultRow] {
        let suffix = times.map { "@\($0)" } ?? ""
        let point = "command/\(name)"
        return [
            FaultRow(
                fault: "fails",
                moment: "\(point) entry",
                injection: "\(point):entry:fail\(suffix)",
                statuses: statuses
            ),
            FaultRow(
                fault: "did its work, says it failed",
                moment: "\(point) exit",
                injection: "\(point):exit:fail\(suffix)",
                statuses: statuses
            ),
            FaultRow(
                fault: "hangs for 3 s, is sent SIGTERM",
                moment: "\(point) entry",
                injection: "\(point):entry:hang=3\(suffix)",
                statuses: statuses,
                causes: ["did not end within"]
            ),
            FaultRow(
                fault: "killed",
                moment: point,
                injection: "\(point):entry:kill-command=0.03\(suffix)",
                statuses: statuses.union([0]),
                causes: killed
            ),
        ]
    }

    /// One question gets no answer.
    private static let lvsLater = (2...9).map { pass in
        FaultRow(
            fault: "fails once",
            moment: "command/lvs, question \(pass)",
            injection: "command/lvs:entry:fail@\(pass)-\(pass)",
            statuses: [0, 1],
            isCertain: false
        )
    }

    /// The LVM commands before the lock.
    private static let rehearsal: [FaultRow] = [
        FaultRow(
            fault: "fails",
            moment: "lvcreate --test entry",
            injection: "command/test-lvcreate:entry:fail",
            statuses: [78],
            says: ["injected fault"]
        ),
        FaultRow(
            fault: "hangs for 3 s, is sent SIGTERM",
            moment: "lvcreate --test entry",
            injection: "command/test-lvcreate:entry:hang=3",
            statuses: [1],
            causes: ["did not end within"]
        ),
        FaultRow(
            fault: "killed",
            moment: "lvcreate --test",
            injection: "command/test-lvcreate:entry:kill-command=0.03",
            statuses: [0, 1],
            causes: killed
        ),
        FaultRow(
            fault: "fails",
            moment: "command/lvmconfig entry",
            injection: "command/lvmconfig:entry:fail",
            statuses: [0]
        ),
    ]

    /// Run the ordinary way: the prepared shell is one more fault.
    private static let lvcreate: [FaultRow] =
        [0.005, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15].map { seconds in
            FaultRow(
                fault: "killed after \(Int(seconds * 1000)) ms",
                moment: "command/lvcreate",
                injection: "command/lvm:entry:fail;command/lvcreate:entry:kill-command=\(seconds)",
                statuses: [0, 1],
                causes: killed,
                stallLimit: 5
            )
        } + [
            FaultRow(
                fault: "fails",
                moment: "command/lvcreate entry",
                injection: "command/lvm:entry:fail;command/lvcreate:entry:fail",
                statuses: [1],
                says: ["injected fault"]
            ),
            FaultRow(
                fault: "fails",
                moment: "command/lvcreate exit",
                injection: "command/lvm:entry:fail;command/lvcreate:exit:fail",
                statuses: [1],
                says: ["injected fault"]
            ),
            FaultRow(
                fault: "hangs for 5 s",
                moment: "command/lvcreate entry",
                injection: "command/lvm:entry:fail;command/lvcreate:entry:hang=5",
                options: ["--max-lock", "2s"],
                statuses: [1],
                says: ["the lock was held for 2 s"]
            ),
            FaultRow(
                fault: "cannot be started ahead",
                moment: "command/lvm",
                injection: "command/lvm:entry:fail",
                statuses: [0]
            ),
            FaultRow(
                fault: "lvcreate and dmsetup fail",
                moment: "command/dmsetup entry",
                injection: "command/lvm:entry:fail;command/lvcreate:exit:fail;command/dmsetup:entry:fail@1",
                statuses: [1]
            ),
        ]

    private static let systemCalls: [FaultRow] = [
        FaultRow(
            fault: "fails",
            moment: "mount entry",
            injection: "command/mount:entry:fail",
            statuses: [1],
            says: ["injected fault"]
        ),
        FaultRow(
            fault: "fails",
            moment: "mount exit",
            injection: "command/mount:exit:fail",
            statuses: [1],
            says: ["injected fault"]
        ),
        FaultRow(fault: "takes 5 s", moment: "mount entry", injection: "command/mount:entry:slow=5", statuses: [0]),
        FaultRow(
            fault: "fails three times",
            moment: "umount entry",
            injection: "command/umount:entry:fail@3",
            statuses: [0]
        ),
        FaultRow(fault: "fails once", moment: "umount exit", injection: "command/umount:exit:fail@1", statuses: [0]),
        FaultRow(
            fault: "takes 3 s",
            moment: "lvremove entry",
            injection: "command/lvremove:entry:slow=3@1",
            statuses: [0]
        ),
        FaultRow(fault: "takes 5 s", moment: "umount entry", injection: "command/umount:entry:slow=5", statuses: [0]),
        FaultRow(fault: "SIGKILL", moment: "umount entry", injection: "command/umount:entry:kill", statuses: [137]),
        FaultRow(fault: "SIGKILL", moment: "mount exit", injection: "command/mount:exit:kill", statuses: [137]),
    ]
}
