/// The connection to the server is cut at a statement.
extension FaultRows {
    /// Every statement that a run sends, by lock plan; a run that connects sends the same ones under each.
    static let connecting: [Relay.Place] =
        [
            "SET SESSION `wait_timeout`", settings, "SELECT VERSION()", "SHOW GLOBAL VARIABLES",
            "SELECT DISTINCT `PLUGIN_LIBRARY`", "SHOW ALL SLAVES STATUS", "SELECT COALESCE(`ENGINE`",
            "SELECT `ENGINE` AS `engine`", "SELECT `PLUGIN_NAME`", "SELECT `TABLE_NAME`, `COLUMN_NAME`",
            "SELECT `FILENAME` AS `path`",
        ].map { Relay.Place(session: 1, statement: $0) }
        // The tables of mysql and sys, and the engines that are enabled.
        + ["SELECT COALESCE(`ENGINE`", "SELECT `ENGINE` AS `engine`"].map {
            Relay.Place(session: 1, statement: $0, turn: 2)
        }
        + [
            "`information_schema`.`GLOBAL_VARIABLES`", "(SELECT DISTINCT `PLUGIN_LIBRARY`", "(SELECT `PLUGIN_NAME`",
            filesCounted,
        ].flatMap { counted in (1...2).map { count(counted, turn: $0) } }
        + (1...4).map { count("(SELECT `ENGINE` AS `engine`", turn: $0) }

    /// After the unlock the run asks once more where data lies.
    static let lookingAgain = [
        Relay.Place(session: 1, statement: "SELECT `TABLE_NAME`, `COLUMN_NAME`", turn: 2), count(filesCounted, turn: 3),
        Relay.Place(session: 1, statement: "SELECT `FILENAME` AS `path`", turn: 2), count(filesCounted, turn: 4),
    ]

    /// The first of a new session's settings.
    private static let settings = "SET SESSION `sql_select_limit`"
    private static let filesCounted = "(SELECT `FILENAME` AS `path`"

    /// An answer is counted before and after it is read.
    private static func count(_ counted: String, turn: Int) -> Relay.Place {
        Relay.Place(session: 1, statement: "SELECT COUNT(*) AS `number` FROM \(counted)", turn: turn)
    }

    /// Whether a statement is a setting of a new session, but not the first: each is sent and judged as that is.
    static func isLaterSetting(_ statement: String) -> Bool {
        let others = ["SET NAMES", "SET SESSION TRANSACTION ISOLATION"]
        if others.contains(where: statement.hasPrefix) { return true }
        return statement.hasPrefix("SET SESSION `") && !statement.hasPrefix(settings)
            && !statement.hasPrefix("SET SESSION `wait_timeout`")
            && !statement.hasPrefix("SET SESSION `lock_wait_timeout`")
    }

    /// - `isLoose`: on a server whose commits are not durable.
    static let locking: [(plan: String, isLoose: Bool, places: [Relay.Place])] = [
        ("stage", false, [lookingOnce] + staging), ("stage", true, staging + tightening),
        (
            "read-lock", false,
            [
                lookingOnce, Relay.Place(session: 1, statement: "SHOW FULL PROCESSLIST"),
                Relay.Place(session: 1, statement: "FLUSH NO_WRITE_TO_BINLOG TABLES"),
                Relay.Place(session: 1, statement: "SHOW FULL PROCESSLIST", turn: 2),
            ] + opening(2) + opening(3) + preparing
                + [
                    (sessionTimeout, 2), ("FLUSH TABLES WITH READ LOCK", 1),
                    ("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", 2),
                ].map {
                    Relay.Place(session: 1, statement: $0, turn: $1)
                } + reading + leaving("UNLOCK TABLES") + [Relay.Place(session: 1, statement: sessionTimeout, turn: 3)]
        ),
        ("none", false, []),
    ]

    private static let staging =
        opening(2) + preparing
        + [
            ("BACKUP STAGE START", 1), (sessionTimeout, 2), ("BACKUP STAGE FLUSH", 1), ("BACKUP STAGE BLOCK_DDL", 1),
            ("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", 2), (sessionTimeout, 3), ("BACKUP STAGE BLOCK_COMMIT", 1),
        ].map { Relay.Place(session: 1, statement: $0, turn: $1) }
        + [Relay.Place(session: 1, statement: "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", turn: 3)]
        + reading + leaving("BACKUP STAGE END") + [Relay.Place(session: 1, statement: sessionTimeout, turn: 4)]

    /// The session timeout, by which the server ends an idle session; a day again after the release.
    private static let sessionTimeout = "SET SESSION `wait_timeout`"

    /// Whether the account may, then under the lock, then back, which is a new session's where this one is lost.
    private static let tightening =
        [
            "SET GLOBAL \(commit) = CAST(@@global", "SET @`lvmbackup_commit` =",
            "SET GLOBAL \(commit) = CAST(IF(@@global",
            "SET GLOBAL \(commit) = CAST(IF(@`lvmbackup_commit`",
        ].map { Relay.Place(session: 1, statement: $0) }

    /// Where it is not changed, it is read again under the lock.
    private static let lookingOnce = Relay.Place(session: 1, statement: "SELECT @@global.\(commit)", turn: 2)
    private static let commit = "`innodb_flush_log_at_trx_commit`"

    /// The first statements of a session beside the first one.
    private static func opening(_ session: Int) -> [Relay.Place] {
        [sessionTimeout, settings].map { Relay.Place(session: session, statement: $0) }
    }

    /// Once before the lock, once under it; the channels were asked for before.
    private static let preparing = [
        Relay.Place(session: 1, statement: "SELECT @@global.\(commit)"),
        Relay.Place(session: 1, statement: "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"),
        Relay.Place(session: 1, statement: "SHOW MASTER STATUS"),
        Relay.Place(session: 1, statement: "SELECT @@global.`gtid_binlog_pos`"),
        Relay.Place(session: 1, statement: "SHOW ALL SLAVES STATUS", turn: 2),
        Relay.Place(session: 1, statement: "SET SESSION `lock_wait_timeout`"),
    ]
    private static let reading = [
        Relay.Place(session: 1, statement: "SHOW MASTER STATUS", turn: 2),
        Relay.Place(session: 1, statement: "SELECT @@global.`gtid_binlog_pos`", turn: 2),
        Relay.Place(session: 1, statement: "SHOW ALL SLAVES STATUS", turn: 3),
    ]

    private static func leaving(_ release: String) -> [Relay.Place] {
        [release, "SELECT CONNECTION_ID()"].map { Relay.Place(session: 1, statement: $0) }
    }

    static let connections: [FaultRow] =
        (connecting + lookingAgain).map { cut(.unanswered, $0, plan: nil) }
        + locking.filter { !$0.isLoose }.flatMap { plan, _, places in
            places.flatMap { place in manners(at: place).map { cut($0, place, plan: plan) } }
        }
        + tightening.flatMap { place in
            manners(at: place).map { manner in
                var row = cut(manner, place, plan: "stage")
                row.isLoose = true
                return row
            }
        }

    /// From where the lock is asked for until it is given back, the server may fall silent for everybody, too.
    private static func manners(at place: Relay.Place) -> [Relay.Manner] {
        let matters = ["BLOCK_COMMIT", "ENGINE LOGS", "READ LOCK", "STAGE END", "UNLOCK TABLES"]
        let isSharp = matters.contains { place.statement.hasSuffix($0) }
        return isSharp ? Relay.Manner.allCases : [.refused, .unanswered, .mute]
    }

    private static func cut(_ manner: Relay.Manner, _ place: Relay.Place, plan: String?) -> FaultRow {
        let fault =
            switch manner {
            case .refused: "the connection is cut before the server has it"
            case .unanswered: "the connection is cut before the answer"
            case .lost: "the statement never arrives"
            case .mute: "the answer never arrives"
            case .dead: "no answer arrives, for any session"
            }
        var row = FaultRow(
            fault: fault,
            moment: "\(place)" + (plan.map { ", plan \($0)" } ?? ""),
            injection: "",
            options: ["--no-innodb-recovery", "--lock-wait-timeout", "3s", "--max-lock", "2s"],
            statuses: [1],
            // The wait's three seconds and one, or the two for which the lock may be held and one.
            stallLimit: isUnderLock(place, plan) ? 3 : 4
        )
        row.options += plan.map { ["--lock", $0] } ?? []
        // Under the lock, its own limits end the run. The way there takes most of 20 s on a busy machine.
        row.options += ["--timeout", isUnderLock(place, plan) || place.statement.contains("STAGE") ? "60s" : "20s"]
        row.cut = Relay.Cut(manner: manner, place: place)
        row.causes = [.refused, .unanswered].contains(manner) ? ["Lost connection", "gone away"] : silence
        // No client waits for that answer: the lock is over.
        if locking.contains(where: { $0.plan == plan && !$0.isLoose && $0.places.last == place }) {
            row.statuses = [0]
            row.causes = []
            row.options += ["--timeout", "120s"]
        }
        return row
    }

    private static func isUnderLock(_ place: Relay.Place, _ plan: String?) -> Bool {
        let underLock = reading + leaving("BACKUP STAGE END") + leaving("UNLOCK TABLES") + tightening + [lookingOnce]
        return underLock.contains(place)
            || (place.statement.hasSuffix("ENGINE LOGS") && (plan == "read-lock" || place.turn == 2))
    }

    /// The last where the server has granted the lock: it ends the session that has been silent for too long.
    private static let silence = [
        "was not granted within 3 s", "the lock was held for 2 s", "took longer than", "no answer within 0.9 s",
        "was not answered within", "Lost connection",
    ]
}
