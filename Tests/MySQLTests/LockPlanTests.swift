import Lifecycle
import Testing

@testable import MySQL

@Suite struct LockPlanTests {
    private static let innodb = EngineUse(engine: "InnoDB", userTables: 9, systemTables: 4, isTransactional: true)
    private static let aria = EngineUse(engine: "Aria", userTables: 0, systemTables: 25, isTransactional: false)
    private static let myisam = EngineUse(engine: "MyISAM", userTables: 2, systemTables: 0, isTransactional: false)
    private static let memory = EngineUse(engine: "MEMORY", userTables: 1, systemTables: 0, isTransactional: false)

    private func choose(
        _ version: String,
        _ engines: [EngineUse] = [innodb, aria],
        _ requested: LockPlanOption = .auto,
        isOnOneVolume: Bool = true,
        isBinlogEncrypted: Bool = false,
        isBinlogOnVolume: Bool = true,
        allowInconsistent: Bool = false
    ) throws -> ChosenLockPlan {
        try LockPlan.choose(
            for: ServerIdentity(version: version, comment: ""),
            Inventory(engines: engines, isBinlogEncrypted: isBinlogEncrypted),
            requested: requested,
            isOnOneVolume: isOnOneVolume,
            isBinlogOnVolume: isBinlogOnVolume,
            allowInconsistent: allowInconsistent
        )
    }

    @Test(
        arguments: [
            ("10.11.19-MariaDB-log", true, true, LockPlan.stage),
            ("11.4.2-MariaDB", false, false, .stage),
            ("10.4.0-MariaDB", true, true, .stage),
            ("10.3.39-MariaDB", true, true, .readLock),
            ("8.0.36", true, true, .instance),
            ("8.4.0", true, true, .instance),
            ("8.0.36", false, true, .readLock),
            ("8.0.36", true, false, .readLock),
            ("5.7.44-log", true, true, .readLock),
        ]
    )
    func `auto chooses what the server can do`(version: String, innodbOnly: Bool, oneVolume: Bool, plan: LockPlan)
        throws
    {
        let engines = innodbOnly ? [Self.innodb, Self.aria] : [Self.innodb, Self.myisam]
        let choice = try choose(version, engines, isOnOneVolume: oneVolume)
        #expect(choice.plan == plan)
        #expect(!choice.reason.isEmpty)
    }

    @Test func `a read lock says why it was chosen`() throws {
        let choice = try choose("8.0.36", [Self.innodb, Self.myisam], isOnOneVolume: false)
        #expect(
            choice.reason
                == "2 tables are MyISAM, not InnoDB; not all data is known to be on the snapshotted volume"
        )
    }

    @Test(
        arguments: [
            ("10.3.39-MariaDB", LockPlanOption.stage, "10.3.39-MariaDB has no backup stages (MariaDB 10.4 has)"),
            ("8.0.36", .stage, "8.0.36 has no backup stages (MariaDB 10.4 has)"),
            ("10.11.19-MariaDB", .instance, "10.11.19-MariaDB has no instance lock (MySQL 8.0 has)"),
            ("8.0.36", .instance, "2 tables are MyISAM, not InnoDB"),
            ("10.11.19-MariaDB", .none, "2 tables are MyISAM, not InnoDB"),
        ]
    )
    func `a plan that does not fit is refused with its reason`(version: String, asked: LockPlanOption, reason: String)
        throws
    {
        #expect(throws: MySQLError.plan(asked.rawValue, reasons: [reason])) {
            try choose(version, [Self.innodb, Self.myisam], asked)
        }
    }

    @Test func `auto takes a lock where the binary log is elsewhere`() throws {
        let choice = try choose("8.0.36", isBinlogOnVolume: false)
        #expect(choice.plan == .readLock)
        #expect(choice.reason == LockPlan.binlogElsewhere)
        #expect(try choose("10.11.19-MariaDB", isBinlogOnVolume: false).plan == .stage)
    }

    @Test(
        arguments: [("10.11.19-MariaDB", LockPlanOption.none), ("8.0.36", .none), ("8.0.36", .instance)],
        [false, true]
    )
    func `a plan without a lock is always refused where the binary log is elsewhere`(
        asked: (version: String, lock: LockPlanOption),
        allowInconsistent: Bool
    ) {
        let refusal = MySQLError.plan(asked.lock.rawValue, reasons: [LockPlan.binlogElsewhere])
        #expect(refusal.failure.advice == "use --lock auto")
        #expect(throws: refusal) {
            try choose(
                asked.version,
                [Self.innodb],
                asked.lock,
                isBinlogOnVolume: false,
                allowInconsistent: allowInconsistent
            )
        }
    }

    @Test func `auto reads the coordinates under a lock where the binary log is encrypted`() throws {
        let choice = try choose("8.0.36", isBinlogEncrypted: true)
        #expect(choice.plan == .readLock)
        #expect(choice.reason == "the binary log is encrypted: coordinates cannot be read in it")
        #expect(try choose("10.11.19-MariaDB", isBinlogEncrypted: true).plan == .stage)
    }

    @Test(arguments: [("10.11.19-MariaDB", LockPlanOption.none), ("8.0.36", .instance)], [false, true])
    func `a plan that reads the copy's binary log is refused where that is encrypted`(
        asked: (version: String, lock: LockPlanOption),
        allowInconsistent: Bool
    ) {
        let reasons = ["the binary log is encrypted: coordinates cannot be read in it"]
        #expect(throws: MySQLError.plan(asked.lock.rawValue, reasons: reasons)) {
            try choose(asked.version, [], asked.lock, isBinlogEncrypted: true, allowInconsistent: allowInconsistent)
        }
    }

    @Test func `a refused plan is a host layout that does not fit`() {
        #expect(MySQLError.plan("none", reasons: ["x"]).failure.kind == .unsuitable)
    }

    @Test(arguments: [MySQLError.originReachable("x"), .notTheDataDirectory("/d", reason: "x")])
    func `an error after the lock is a failed run`(error: MySQLError) {
        #expect(error.failure.kind == .failed)
    }

    @Test func `no lock is needed for tables that are not on disk`() throws {
        #expect(try choose("10.11.19-MariaDB", [Self.innodb, Self.memory], .none).plan == .none)
    }

    @Test func `no lock may be forced, and the choice says that the copy is inconsistent`() throws {
        let choice = try choose("10.11.19-MariaDB", [Self.myisam], .none, allowInconsistent: true)
        #expect(choice.plan == .none)
        #expect(choice.inconsistency == "2 tables are MyISAM, not InnoDB")
    }

    @Test func `allowing an inconsistent copy allows no plan that the server lacks`() {
        #expect(throws: MySQLError.self) { try choose("8.0.36", [Self.innodb], .stage, allowInconsistent: true) }
    }
}

@Suite struct LockScriptTests {
    @Test func `the stages are acquired one at a time`() {
        let script = LockScript(.stage, lockWaitTimeout: .seconds(5))
        #expect(script.settings == ["SET SESSION `lock_wait_timeout` = 5"])
        #expect(
            script.stages.map(\.sql) == [
                "BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "BACKUP STAGE BLOCK_COMMIT",
            ]
        )
        #expect(script.stages.map(\.blocksWriters) == [false, true, true, true, true])
        #expect(script.underLock == ["FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"])
        #expect(script.release == "BACKUP STAGE END")
    }

    @Test func `the read lock is one statement`() {
        let script = LockScript(.readLock, lockWaitTimeout: .seconds(60))
        #expect(script.stages.map(\.sql) == ["FLUSH TABLES WITH READ LOCK"])
        #expect(script.stages.map(\.blocksWriters) == [true])
        #expect(script.underLock == ["FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"])
        #expect(script.release == "UNLOCK TABLES")
    }

    @Test func `MySQL's instance lock makes no writer wait`() {
        let script = LockScript(.instance, lockWaitTimeout: .seconds(60))
        #expect(script.stages.map(\.sql) == ["LOCK INSTANCE FOR BACKUP"])
        #expect(script.stages.map(\.blocksWriters) == [false])
        #expect(script.underLock == ["FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"])
        #expect(script.release == "UNLOCK INSTANCE")
    }

    @Test func `without a lock nothing is sent`() {
        let script = LockScript(.none, lockWaitTimeout: .seconds(60))
        #expect(script.settings + script.stages.map(\.sql) + script.underLock == [])
        #expect(script.release == nil)
    }

    @Test func `a statement waits for at least one second`() {
        #expect(
            LockScript(.stage, lockWaitTimeout: .milliseconds(200)).settings == ["SET SESSION `lock_wait_timeout` = 1"]
        )
        #expect(
            LockScript(.stage, lockWaitTimeout: .milliseconds(2900)).settings == ["SET SESSION `lock_wait_timeout` = 3"]
        )
    }

    @Test func `the server's own limit is never below that of the lock`() {
        let script = LockScript(.readLock, lockWaitTimeout: .seconds(60))
        for (limit, seconds) in [(200, 1), (2100, 3)] {
            let sessionTimeout = script.sessionTimeout(
                before: script.stages[0],
                waiting: .seconds(60),
                holding: .milliseconds(limit)
            )
            #expect(sessionTimeout == "SET SESSION `wait_timeout` = \(seconds)")
        }
    }

    @Test func `the stages are given up early and tried again, a read lock is not`() {
        #expect(LockScript.lockWaitTimeout(of: .stage, within: .seconds(60)) == .seconds(5))
        #expect(LockScript.lockWaitTimeout(of: .stage, within: .seconds(2)) == .seconds(2))
        #expect(LockScript.lockWaitTimeout(of: .readLock, within: .seconds(60)) == .seconds(60))
    }

    @Test(
        arguments: [
            ("1", "1763800000" as String?, Durability.Need.none), ("2", nil, .none),
            ("0", "1763800000.0", .set(startedAt: 1_763_800_000, datadir: "/d/", accounts: ["me", "%"])),
        ]
            + [nil, "", "inf", "nan", "1e300", "18446744073709551616", "now"].map {
                ("0", $0, .refused("innodb_flush_log_at_trx_commit is 0, and the server does not say when it started"))
            }
    )
    func `commits are made durable only where that can be undone`(
        value: String,
        started: String?,
        need: Durability.Need
    ) {
        let columns = ["value", "datadir", "started", "user", "account"]
        let rows = Rows(columns: columns, values: [[value, "/d/", started, "me", "%"]])
        #expect(Durability.Need(rows.first) == need)
    }

    @Test func `a variable that was set to 0 while the lock was waited for makes coordinates inexact`() throws {
        let rows = Rows(columns: ["value"], values: [["0"]])
        let commit = DurableCommit(identity: try ServerIdentity(version: "10.11.19-MariaDB", comment: ""))
        let none = Durability(need: .none, commit: commit)
        #expect(none.question == ["SELECT @@global.`innodb_flush_log_at_trx_commit` AS `value`"])
        #expect(none.inexact(rows)?.contains("set to 0") == true)
        #expect(none.inexact(Rows(columns: ["value"], values: [["1"]])) == nil && none.inexact() == nil)
        let raised = Durability(need: .set(startedAt: 7, datadir: "/d/", accounts: []), commit: commit)
        #expect(raised.question == [] && raised.inexact() == nil)
    }

    @Test func `a changed variable is put back only where it is ours and the server the same`() throws {
        let mariadb = DurableCommit(identity: try ServerIdentity(version: "10.11.19-MariaDB", comment: ""))
        #expect(
            mariadb.restore("0", datadir: "/d/a/", startedAt: 1_763_800_000, accounts: ["me"]) == """
                SET GLOBAL `innodb_flush_log_at_trx_commit` = CAST(IF(@@global.`innodb_flush_log_at_trx_commit` = 3 AND \
                @@global.`datadir` = '/d/a/' AND ABS(UNIX_TIMESTAMP() - (SELECT `VARIABLE_VALUE` FROM \
                `information_schema`.`GLOBAL_STATUS` WHERE `VARIABLE_NAME` = 'UPTIME') - 1763800000) <= 5, 0, \
                @@global.`innodb_flush_log_at_trx_commit`) AS SIGNED)
                """
        )
        let mysql = DurableCommit(identity: try ServerIdentity(version: "8.0.36", comment: ""))
        #expect(mysql.question.contains("`performance_schema`.`global_status`"))
        let restore = mysql.restore("0", datadir: "/d/", startedAt: 7, accounts: ["it's", "%"])
        #expect(restore.contains("= 2 AND") && restore.contains("IN (\("it's".quotedForSQL), '%')"), "\(restore)")
        let old = DurableCommit(identity: try ServerIdentity(version: "5.7.44", comment: ""))
        let statements = old.raise + [old.lower, old.restore("0", datadir: "/d/", startedAt: 7, accounts: ["me"])]
        #expect(!statements.contains { $0.contains("variables_info") })
    }
}

@Suite struct LockStatementTests {
    private func lines(_ plan: LockPlan, _ version: String) throws -> [String] {
        let identity = try ServerIdentity(version: version, comment: "")
        let reading = CoordinateReading(identity: identity, logsChanges: true)
        return LockStep.lines(plan, reading: reading, datadir: "/d", limit: .seconds(60), holding: .seconds(30))
    }

    @Test func `MariaDB is sent the stages, and coordinates are read last`() throws {
        #expect(
            try lines(.stage, "10.11.19-MariaDB") == [
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS",
                "SET SESSION `lock_wait_timeout` = 5", "sync -f /d", "BACKUP STAGE START",
                "SET SESSION `wait_timeout` = 60", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "sync -f /d",
                "SET SESSION `wait_timeout` = 30", "BACKUP STAGE BLOCK_COMMIT",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "SHOW MASTER STATUS",
                "SELECT @@global.`gtid_binlog_pos` AS `gtid`, @@global.`gtid_slave_pos` AS `replica_gtid`",
                "SHOW ALL SLAVES STATUS", "BACKUP STAGE END",
            ]
        )
    }

    @Test func `MySQL with InnoDB alone is sent the instance lock`() throws {
        #expect(
            try lines(.instance, "8.4.0") == [
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS",
                "SET SESSION `lock_wait_timeout` = 60", "sync -f /d", "SET SESSION `wait_timeout` = 30",
                "LOCK INSTANCE FOR BACKUP",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "SELECT `LOCAL` FROM `performance_schema`.`log_status`",
                "UNLOCK INSTANCE",
            ]
        )
    }

    @Test func `other servers of MySQL are sent the read lock, in their own words`() throws {
        #expect(
            try lines(.readLock, "8.4.0") == [
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS",
                "SET SESSION `lock_wait_timeout` = 60", "sync -f /d", "SET SESSION `wait_timeout` = 30",
                "FLUSH TABLES WITH READ LOCK",
                "FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", "SHOW BINARY LOG STATUS",
                "SELECT @@global.`gtid_executed` AS `gtid`", "SHOW REPLICA STATUS", "UNLOCK TABLES",
            ]
        )
    }

    @Test func `without a lock nothing is sent at all`() throws {
        #expect(try lines(.none, "10.11.19-MariaDB") == [])
    }
}
