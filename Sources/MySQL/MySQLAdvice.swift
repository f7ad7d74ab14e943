extension MySQLError {
    /// The remedy for the operator; nil where the message says it.
    var advice: String? {
        switch self {
        case .optionFile(_, _, let repair):
            repair.map { "find out which user changed it, then: \($0)" }
                ?? "repair it, or name another one with --defaults-file"
        case .connection(_, let number, _): connectionAdvice(number)
        case .peer:
            "see whether the server runs; connect to its socket, or verify it by TLS: ssl-ca and ssl-verify-server-cert"
        case .statement(let sql, let number, let message): statementAdvice(sql, number, message)
        case .answerTooLarge: "see which program listens where the server should"
        case .plan(let plan, let reasons): planAdvice(plan, reasons)
        case .engines: "back these tables up by other means, and use --allow-inconsistent for a set that is marked so"
        case .hiddenTables:
            "GRANT REFERENCES ON *.* TO the account of lvmbackup: it shows all tables, but no rows; or use "
                + "--allow-inconsistent"
        case .longStatements: "wait for them, or raise --max-query-age"
        case .checksUnfinished: "check a part of the tables, such as by --sample 10%"
        case .checksUnclear:
            "see whether CHECK TABLE says the same on the live server; give this host the keys and plug-ins that it lacks"
        case .noAnswer: "find the cause of the delay: a full or frozen file system, a stuck device"
        case .lockNotGranted: "find long statements and DDL in the process list, or raise --lock-wait-timeout"
        case .lockLost: "run again; look into the server's log for a killed connection"
        case .sharedKeys: "move the key files to a directory of their own, or use --no-innodb-recovery"
        case .notTheDataDirectory: "see whether the data directory is where the server says it is"
        case .account:
            "let the data directory belong to the user that the server runs as, or to root and a group of that user"
        case .executable:
            "let the program and its directories belong to root, or name a program to be trusted with --server-executable"
        case .replayTarget:
            "write a time such as '2026-11-28 04:05:06', a position such as binlog.000042:1234, or a GTID"
        case .replay(_, let advice): advice
        case .recovery(_, let lines, _): recoveryAdvice(lines)
        case .privateServer(_, let lines, _): privateServerAdvice(lines)
        case .unusable:
            "name a program that runs without settings of its environment with --server-executable, and keep the server's "
                + "files off volumes that are mounted below the data's volume"
        case .foreignOwner: "if the account is the server's, name it with --server-user"
        case .noPlace: "make the directory and give it to the owner of the data: it is covered, not written to"
        case .noLink: "make the link as it was on the server's host"
        case .unlistable, .unnameable: "leave the link out with --exclude"
        case .elsewhere: "move it to the volume, or leave the links out with --exclude"
        case .tornTables: "repeat the backup: the lock plan is chosen anew"
        case .redoLogOff: "ALTER INSTANCE ENABLE INNODB REDO_LOG, then repeat the backup"
        default: nil
        }
    }

    private func connectionAdvice(_ number: UInt32) -> String? {
        switch number {
        case 1045:
            "check user and password, in the option file or with -u and -p; an account with REQUIRE SSL needs ssl-mode=REQUIRED there"
        case 3159: "the server wants TLS: write ssl-mode=REQUIRED into the option file, or use the socket"
        case 1698: "run as the system user that the account is bound to, or give another account with -u"
        case 2002, 2003: "see whether the server runs, and whether socket, host and port are right"
        case 2005: "check the host name"
        case 1040: "raise max_connections, or run at a quieter time"
        case 1203, 1226: "the account has used up a limit of its own: raise it, or give another account with -u"
        case 1129: "the server has blocked this host: FLUSH HOSTS, or wait"
        case 1130: "the account is not allowed from this host: use the socket, or another account"
        case 1862, 3118, 4151: "the account is locked or its password has expired: see SHOW CREATE USER"
        case 5010: "the account's plug-in sends the password in clear text: give an account with another plug-in"
        case 2026: "check the TLS settings in the option file"
        default: nil
        }
    }

    private func statementAdvice(_ sql: String, _ number: UInt32, _ message: String) -> String? {
        switch number {
        case 1205: "another session holds a conflicting lock: look at the process list"
        case 1226: "the account has used up a limit of its own: raise it, or give another account with -u"
        case 1820: "the account's password has to be changed: ALTER USER … IDENTIFIED BY"
        case 1044, 1142, 1143, 1227: Privileges.advice(for: number, message, sql)
        case 2006, 2013: "the server ended the session: look into its log"
        default: nil
        }
    }

    private func planAdvice(_ plan: String, _ reasons: [String]) -> String {
        let mayBeAllowed = plan == "none" && LockPlan.unremovable.isDisjoint(with: reasons)
        return mayBeAllowed
            ? "use --lock auto, or --allow-inconsistent for a copy that is marked so" : "use --lock auto"
    }

    private func recoveryAdvice(_ lines: [String]) -> String {
        Self.isDenied(lines)
            ? Self.confinement : "read the log; --no-innodb-recovery makes a backup without this proof"
    }

    private func privateServerAdvice(_ lines: [String]) -> String {
        Self.isDenied(lines)
            ? Self.confinement : "read the log; check that the installed server has the release that was backed up"
    }

    private static let confinement =
        "a security profile may confine the server: look for mysqld or mariadbd in \"aa-status\" and in the kernel log"

    private static func isDenied(_ lines: [String]) -> Bool {
        lines.contains { $0.contains("rrno: 13") || $0.contains("rrcode: 13") }
    }
}
