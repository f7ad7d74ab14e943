import Foundation
import Lifecycle
import Synchronization
import TestSupport
import Testing

@testable import MySQL

/// Against a server that `LVMBACKUP_TEST_SOCKET` names, as root: a private one, whose global variables are changed.
@Suite(.enabled(if: RealServer.socket != nil), .serialized) struct RealServerTests {
    private func open() async throws -> Session {
        try await Session.open(ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: RealServer.socket))
    }

    private func identity(_ session: Session) async throws -> ServerIdentity {
        let row = try #require(try await session.query(ServerReading.version).first)
        return try ServerIdentity(version: row["version"] ?? "", comment: row["comment"] ?? "")
    }

    /// Errors of a statement that the server understood: no such thread, no such table on this product or release.
    private static let understood: Set<UInt32> = [1094, 1109, 1146, 1193, 1229, 1290]

    @Test func `the server understands every statement of the catalogue`() async throws {
        let session = try await open()
        let identity = try await identity(session)
        for statement in StatementCatalogue.all(identity) {
            // A server that is no replica takes it for the beginning of one.
            if statement.hasPrefix("CHANGE ") || statement.hasPrefix("SET GLOBAL `gtid_slave_pos`") { continue }
            do { try await session.query(statement) } catch let error as MySQLError {
                #expect(error.number.map(Self.understood.contains) == true, "\(error)")
            }
        }
    }

    private func value(_ session: Session) async throws -> String? {
        try await session.query(DurableCommit.value).scalar
    }

    private static func commit(_ value: String) -> String { "SET GLOBAL `\(DurableCommit.variable)` = \(value)" }

    /// The statement that is recorded before the lock is waited for, and run after a sudden end of the run.
    private func repair(_ session: Session, _ commit: DurableCommit, datadir: String? = nil, later: Int = 0)
        async throws
        -> String
    {
        let row = try #require(try await session.query(commit.question).first)
        let started = try #require(row["started"].flatMap { Double($0) })
        return commit.restore(
            "0",
            datadir: try datadir ?? #require(row["datadir"]),
            startedAt: Int(started) + later,
            accounts: [row["user"], row["account"]].compactMap { $0 }
        )
    }

    @Test func `the flush at commit is put back on the same server alone`() async throws {
        let session = try await open()
        let commit = DurableCommit(identity: try await identity(session))
        try await session.query(Self.commit("0"))
        for statement in commit.raise { try await session.query(statement) }
        try await session.query(repair(session, commit, datadir: "/elsewhere/"))
        try await session.query(repair(session, commit, later: -60))
        #expect(try await value(session) == commit.raised)
        try await session.query(repair(session, commit))
        #expect(try await value(session) == "0")
        try await session.query(Self.commit("1"))
    }

    /// The run is killed before the lock is granted, or under it.
    @Test(arguments: ["0", "1", "2", "3"], [false, true])
    func `the repair of a killed run keeps the value that an operator has set`(value: String, isGranted: Bool)
        async throws
    {
        let session = try await open()
        let commit = DurableCommit(identity: try await identity(session))
        guard commit.raised != value else { return }
        try await session.query(Self.commit("0"))
        let repair = try await repair(session, commit)
        if isGranted { for statement in commit.raise { try await session.query(statement) } }
        // MySQL takes the highest value that it knows.
        try await session.query(Self.commit(value))
        guard try await self.value(session) == value else { return }
        try await session.query(repair)
        #expect(try await self.value(session) == value)
        try await session.query(Self.commit("1"))
    }

    /// MySQL tells who has set a variable; only the value tells MariaDB's apart.
    @Test func `another account's value stays, though it is the one that a run sets`() async throws {
        let session = try await open()
        let commit = DurableCommit(identity: try await identity(session))
        guard !commit.identity.isMariaDB else { return }
        for statement in [
            "CREATE USER IF NOT EXISTS `operator`@`localhost`", "GRANT SUPER ON *.* TO `operator`@`localhost`",
        ] { try await session.query(statement) }
        let options = ConnectionOptions(defaultsFile: "/dev/null", user: "operator", socket: RealServer.socket)
        let other = try await Session.open(options)
        try await session.query(Self.commit("0"))
        let repair = try await repair(session, commit)
        try await other.query(Self.commit(commit.raised))
        try await session.query(repair)
        #expect(try await value(session) == commit.raised)
        try await session.query("DROP USER `operator`@`localhost`")
        try await session.query(Self.commit("1"))
    }

    /// The operator sets the variable before the lock is granted, or under it.
    @Test(
        arguments: [
            (["0"], [], "0"), (["0", "2"], [], "2"), (["0", "1"], [], "1"), (["0"], ["2"], "2"), (["0"], ["1"], "1"),
            (["0", "2"], ["0"], "0"),
        ] as [([String], [String], String)]
    )
    func `the value that the operator has set last stays`(before: [String], under: [String], end: String) async throws {
        let session = try await open()
        let commit = DurableCommit(identity: try await identity(session))
        for value in before { try await session.query(Self.commit(value)) }
        for statement in [DurableCommit.probe] + commit.raise { try await session.query(statement) }
        let raised = try await value(session)
        #expect(raised == (before.last == "0" ? commit.raised : before.last))
        for value in under { try await session.query(Self.commit(value)) }
        try await session.query(commit.lower)
        #expect(try await value(session) == end)
        try await session.query(Self.commit("1"))
    }

    @Test func `a lock that was never granted changes no value`() async throws {
        let session = try await open()
        let commit = DurableCommit(identity: try await identity(session))
        for value in ["1", commit.raised] {
            try await session.query(Self.commit(value))
            try await session.query(commit.lower)
            #expect(try await self.value(session) == value)
        }
        try await session.query(Self.commit("1"))
    }

    /// The whole list of the server's session variables, each with its lowest, highest and every named value.
    @Test func `no global value of a session variable changes a reading`() async throws {
        let session = try await open()
        let identity = try await identity(session)
        for (name, values) in try await hostile(session, identity) {
            let before = try await session.query("SELECT @@global.`\(name)` AS `value`").scalar
            for value in values {
                // A value that this server does not take is no danger.
                guard (try? await session.query("SET GLOBAL `\(name)` = \(value)")) != nil else { continue }
                do {
                    let other = try await open()
                    let reading = try await ServerReading.read(other, DataRules())
                    // That of a session whose own values are older than the hostile one.
                    expectSame(reading, try await ServerReading.read(session, DataRules()), "\(name) = \(value)")
                } catch {
                    Issue.record("\(name) = \(value): \(error)")
                }
                let isNumber = before.map { $0.allSatisfy { "0123456789.-".contains($0) } && !$0.isEmpty } ?? false
                let old = before.map { isNumber ? $0 : $0.quotedForSQL } ?? "NULL"
                try await session.query("SET GLOBAL `\(name)` = \(old)")
            }
        }
    }

    /// Tables in databases of users and of the system, of all engines that the server has; partitions, views.
    private static let tables = [
        "CREATE DATABASE `lvmbackup_seen`", "CREATE TABLE `lvmbackup_seen`.`m` (`i` INT) ENGINE=MyISAM",
        "CREATE TABLE `lvmbackup_seen`.`we ird-tab` (`i` INT COMMENT '\"engine\":\"X\"') ENGINE=MyISAM COMMENT='TYPE=VIEW'",
        "CREATE TABLE `lvmbackup_seen`.`a` (`i` INT) ENGINE=Aria",
        "CREATE TABLE `lvmbackup_seen`.`p` (`i` INT) ENGINE=Aria PARTITION BY HASH (`i`) PARTITIONS 3",
        "CREATE TABLE `lvmbackup_seen`.`q` (`i` INT) ENGINE=InnoDB PARTITION BY HASH (`i`) PARTITIONS 3",
        "CREATE TABLE `lvmbackup_seen`.`c` (`i` INT NOT NULL) ENGINE=CSV",
        "CREATE TABLE `lvmbackup_seen`.`z` (`i` INT) ENGINE=ARCHIVE",
        "CREATE TABLE `lvmbackup_seen`.`b` (`i` INT) ENGINE=BLACKHOLE",
        "CREATE TABLE `lvmbackup_seen`.`h` (`i` INT, `t` VARCHAR(5000) DEFAULT 'x') ENGINE=MEMORY",
        "CREATE TABLE `lvmbackup_seen`.`g` (`i` INT) ENGINE=MRG_MYISAM",
        "CREATE TABLE `lvmbackup_seen`.`s` (`id` BIGINT UNSIGNED NOT NULL, `weight` INT NOT NULL, "
            + "`query` VARCHAR(3072) NOT NULL, INDEX (`query`)) ENGINE=SPHINX",
        "CREATE TABLE `lvmbackup_seen`.`i` (`i` INT) ENGINE=InnoDB", "CREATE SEQUENCE `lvmbackup_seen`.`n`",
        "CREATE VIEW `lvmbackup_seen`.`v` AS SELECT 1",
        "CREATE TABLE `mysql`.`lvmbackup_seen` (`i` INT) ENGINE=MyISAM",
        "CREATE TABLE `sys`.`lvmbackup_seen` (`i` INT) ENGINE=MyISAM",
    ]

    @Test func `an account without privileges on tables counts as many tables as root`() async throws {
        let session = try await open()
        let drop = [
            "DROP DATABASE IF EXISTS `lvmbackup_seen`",
            "DROP TABLE IF EXISTS `mysql`.`lvmbackup_seen`, `sys`.`lvmbackup_seen`",
            "DROP USER IF EXISTS `lvmbackup_seen`@`localhost`",
        ]
        for statement in drop { try await session.query(statement) }
        // Engines and statements of the other product are unknown to the server.
        for statement in Self.tables { _ = try? await session.query(statement) }
        try await session.query("CREATE USER `lvmbackup_seen`@`localhost`")
        let isMariaDB = try await identity(session).isMariaDB
        let privileges = "PROCESS, REPLICATION CLIENT" + (isMariaDB ? ", SLAVE MONITOR" : "")
        try await session.query("GRANT \(privileges) ON *.* TO `lvmbackup_seen`@`localhost`")
        let other = try await Session.open(
            ConnectionOptions(defaultsFile: "/dev/null", user: "lvmbackup_seen", socket: RealServer.socket)
        )
        let counts = { (session: Session) in
            let engines = try await ServerReading.read(session, DataRules()).inventory.engines
            let users = engines.filter { $0.engine != "InnoDB" && $0.userTables > 0 }
            return users.map { "\($0.userTables) \($0.engine)" }
        }
        let seen = try await (counts(session), counts(other))
        for statement in drop { try await session.query(statement) }
        #expect(seen.0 == seen.1)
        let number = seen.0.first { $0.hasSuffix(" MyISAM") }?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        #expect(number >= 4, "\(seen.0)")
    }

    /// The table is of an engine that no crash recovery makes whole.
    @Test(arguments: [false, true])
    func `a hook that locks nothing obeys the rules of the plan none`(isAllowed: Bool) async throws {
        let session = try await open()
        try await session.query("CREATE DATABASE IF NOT EXISTS `lvmbackup_waived`")
        try await session.query("CREATE TABLE IF NOT EXISTS `lvmbackup_waived`.`t` (`i` INT) ENGINE=MyISAM")
        let (outcome, lock) = await waivedRun(allowsInconsistent: isAllowed)
        try await session.query("DROP DATABASE `lvmbackup_waived`")
        guard isAllowed else {
            #expect(lock == nil)
            #expect(outcome.failure?.step == .lock)
            let message = outcome.failure?.message ?? ""
            return #expect(message.contains("MyISAM, not InnoDB"), "\(message)")
        }
        #expect(outcome.failure?.kind == .vetoed, "\(outcome.failure?.message ?? "")")
        #expect(lock?.plan == "none" && lock?.isWaived == true)
        #expect(lock?.inconsistency?.contains("MyISAM, not InnoDB") == true)
        #expect(outcome.warnings.contains { $0.contains("the copy is not consistent") })
    }

    /// A run up to the snapshot whose hook says that no lock is needed.
    private func waivedRun(allowsInconsistent: Bool) async -> (Outcome, Lock?) {
        var options = MySQLOptions(
            connection: ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: RealServer.socket)
        )
        (options.allowsInconsistent, options.recovers) = (allowsInconsistent, false)
        let steps = MySQLDatabase(options: options)
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.provide(.connect, by: steps.connect)
        hooks.replace(.locate) { run in
            let paths = (run.server?.files ?? []).map {
                DataPath(role: $0.role, path: $0.path, pathOnVolume: String($0.path.dropFirst()))
            }
            return .result(Location(volume: .fake, paths: paths))
        }
        hooks.provide(.prepare) { _ in }
        hooks.provide(.flush) { _ in }
        hooks.replace(.lock) { _ in .result(Lock(plan: "mine", reason: "the snapshot is atomic")) }
        hooks.provide(.lock, by: steps.lock)
        let seen = Mutex<Lock?>(nil)
        hooks.before(.snapshot) { run in
            seen.withLock { $0 = run.lock }
            return .veto("enough")
        }
        let outcome = await Engine(hooks: hooks, options: EngineOptions(), environment: .fake).run()
        return (outcome, seen.withLock { $0 })
    }

    @Test func `an endless answer costs the session, not the memory`() async throws {
        var options = ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: RealServer.socket)
        options.answerLimit = AnswerLimit(rows: 10, bytes: 1 << 20)
        let session = try await Session.open(options)
        let sql = "SELECT 1 FROM `information_schema`.`COLUMNS` AS `a`, `information_schema`.`COLUMNS` AS `b`"
        await #expect(throws: MySQLError.answerTooLarge(sql)) { try await session.query(sql) }
        await #expect(throws: MySQLError.self) { try await session.query("SELECT 1") }
    }

    private func expectSame(_ reading: ServerReading, _ clean: ServerReading, _ what: String) {
        let differing = clean.variables.values.filter { reading.variables.values[$0.key] != $0.value }.map(\.key)
        #expect(Set(differing).subtracting(Self.moving) == [], "\(what)")
        #expect(reading.variables.values.count == clean.variables.values.count, "\(what)")
        #expect(reading.inventory == clean.inventory, "\(what)")
        #expect(reading.plugins == clean.plugins, "\(what)")
    }

    /// Variables that change by themselves.
    private static let moving: Set = ["gtid_binlog_pos", "gtid_binlog_state", "gtid_current_pos", "gtid_executed"]

    private func hostile(_ session: Session, _ identity: ServerIdentity) async throws -> [(String, [String])] {
        let rows: Rows
        if identity.isMariaDB {
            rows = try await session.query(
                """
                SELECT LOWER(`VARIABLE_NAME`) AS `name`, `NUMERIC_MIN_VALUE` AS `low`, `NUMERIC_MAX_VALUE` AS `high`, \
                `ENUM_VALUE_LIST` AS `list` FROM `information_schema`.`SYSTEM_VARIABLES` \
                WHERE `VARIABLE_SCOPE` = 'SESSION' AND `READ_ONLY` = 'NO' ORDER BY 1
                """
            )
        } else {
            rows = try await session.query(
                """
                SELECT `VARIABLE_NAME` AS `name`, `MIN_VALUE` AS `low`, `MAX_VALUE` AS `high`, NULL AS `list` \
                FROM `performance_schema`.`variables_info` ORDER BY 1
                """
            )
        }
        var found: [(String, [String])] = []
        for row in rows {
            guard let name = row["name"], !Self.destructive.contains(name) else { continue }
            // Only those that a session takes over from the global value.
            guard (try? await session.query("SELECT @@session.`\(name)`, @@global.`\(name)`")) != nil else { continue }
            let list = (row["list"] ?? "").split(separator: ",").map { String($0).quotedForSQL }
            let words = ["'OFF'", "'ON'", "'NONE'", "'CHAIN'", "'RELEASE'", "'SERIALIZABLE'", "'READ-UNCOMMITTED'"]
            let special = Self.special[name] ?? []
            let ends = [row["low"], row["high"].map { Self.affordable(name, $0) }].compactMap { $0 }
            found.append((name, special + ends + (list.isEmpty ? words : list)))
        }
        return found
    }

    /// A size that the machine has for each session: MySQL 9.7.4 takes blocks of 4 GiB at their word, and is killed.
    private static func affordable(_ name: String, _ highest: String) -> String {
        name.hasSuffix("_size") ? String(min(UInt64(highest) ?? .max, 16 << 20)) : highest
    }

    /// Values that are worse than the ends of a range.
    private static let special: [String: [String]] = [
        "sql_mode": ["'ANSI,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES,IGNORE_SPACE'", "'ORACLE'"],
        "max_statement_time": ["0.001"], "max_execution_time": ["1"], "time_zone": ["'-12:00'"],
        "lc_messages": ["'de_DE'"], "collation_connection": ["'utf8mb4_bin'"], "character_set_results": ["'utf16'"],
        "character_set_connection": ["'ucs2'"], "optimizer_switch": ["'materialization=off,semijoin=off'"],
    ]

    /// Variables that reach further than our sessions.
    private static let destructive: Set = ["sql_log_bin", "max_user_connections", "server_id", "init_connect"]
}

private enum RealServer {
    static let socket = ProcessInfo.processInfo.environment["LVMBACKUP_TEST_SOCKET"]
}
