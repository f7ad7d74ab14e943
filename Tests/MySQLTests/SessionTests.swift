import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct SessionTests {
    @Test func `a password shows in no description`() {
        let options = ConnectionOptions(user: "backup", password: "s3cret", host: "db1", port: 3307)
        var dumped = ""
        dump(options, to: &dumped)
        for text in ["\(options)", String(reflecting: options), dumped] { #expect(!text.contains("s3cret")) }
        #expect("\(options)" == "\"db1:3307\"")
    }

    @Test func `a server that does not run is named with its socket`() async {
        let options = ConnectionOptions(defaultsFile: "/dev/null", socket: "/nonexistent/mysqld.sock")
        await #expect {
            _ = try await Session.open(options)
        } throws: { error in
            let failure = Failure(error)
            return failure.kind == .failed && failure.message.contains("/nonexistent/mysqld.sock")
                && failure.message.contains("2002") && failure.advice?.contains("whether the server runs") == true
        }
    }

    @Test func `opening a session leaves the program's handling of SIGPIPE alone`() async {
        // In a process of its own: the client library sets itself up once.
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE) { _ in }
            let options = ConnectionOptions(defaultsFile: "/dev/null", socket: "/nonexistent/mysqld.sock")
            // Without a server it is set up as well.
            _ = try? await Session.open(options)
            var disposition = sigaction()
            sigaction(SIGPIPE, nil, &disposition)
            let isOwn = disposition.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } ?? 0
            exit(isOwn > 1 ? 0 : 1)
        }
    }

    @Test func `an option file that cannot be read is refused`() async {
        let reason = "realpath \"/nonexistent.cnf\": no such file or directory"
        await #expect(throws: MySQLError.optionFile("/nonexistent.cnf", reason: reason)) {
            _ = try await Session.open(ConnectionOptions(defaultsFile: "/nonexistent.cnf"))
        }
    }

    /// Messages as MySQL 9.7.4 and MariaDB 10.11 give them.
    @Test(
        arguments: [
            (
                "LOCK INSTANCE FOR BACKUP", UInt32(1227),
                "Access denied; you need (at least one of) the BACKUP_ADMIN privilege(s) for this operation",
                "GRANT BACKUP_ADMIN ON *.* TO"
            ),
            (
                "FLUSH TABLES WITH READ LOCK", 1227,
                "Access denied; you need (at least one of) the RELOAD or FLUSH_TABLES privilege(s) for this operation",
                "GRANT RELOAD ON *.* TO"
            ),
            (
                "SHOW REPLICA STATUS", 1227,
                "Access denied; you need (at least one of) the SUPER, REPLICATION CLIENT privilege(s) for this operation",
                "GRANT REPLICATION CLIENT ON *.* TO"
            ),
            (
                "SET GLOBAL `a` = 1", 1227,
                """
                Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN privilege(s) for this \
                operation
                """,
                "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO"
            ),
            (
                "SHOW ALL SLAVES STATUS", 1227,
                "Access denied; you need (at least one of) the SUPER, SLAVE MONITOR privilege(s) for this operation",
                "GRANT SLAVE MONITOR ON *.* TO"
            ),
            (
                "SET GLOBAL `a` = 1", 1227,
                "Access denied; you need (at least one of) the SUPER privilege(s) for this operation",
                "GRANT SUPER ON *.* TO"
            ),
            (
                "SELECT `LOCAL` FROM `performance_schema`.`log_status`", 1142,
                "SELECT command denied to user 'mini'@'localhost' for table 'log_status'",
                "GRANT SELECT ON `performance_schema`.`log_status` TO"
            ),
            (
                "SELECT 1 FROM `mysql`.`gtid_slave_pos`", 1142,
                "SELECT command denied to user 'mini'@'localhost' for table `mysql`.`gtid_slave_pos`",
                "GRANT SELECT ON `mysql`.`gtid_slave_pos` TO"
            ),
            (
                "USE `performance_schema`", 1044,
                "Access denied for user 'mini'@'localhost' to database 'performance_schema'",
                "GRANT SELECT ON `performance_schema`.* TO"
            ),
            ("FLUSH HOSTS", 1227, "Zugriff verweigert", "the privilege that the message names"),
            (
                "FLUSH HOSTS", 1227, "you need (at least one of) the \u{1b}[2J; DROP privilege(s) for this operation",
                "the privilege that the message names"
            ),
            ("SELECT 1", 1226, "User 'mini' has exceeded the 'max_questions' resource", "a limit of its own"),
            ("KILL QUERY 7", 1095, "You are not owner of thread 7", ""),
        ]
    )
    func `a missing privilege is named as the server names it`(
        statement: String,
        number: UInt32,
        message: String,
        words: String
    ) {
        let advice = MySQLError.statement(statement, number: number, message: message).failure.advice ?? ""
        #expect(words.isEmpty ? advice.isEmpty : advice.contains(words), "\(advice)")
        #expect(!advice.contains("\u{1b}"))
    }

    @Test func `a server that listens nowhere is named with the sockets that were tried`() {
        let first = MySQLError.connection(
            to: "the local server",
            number: 2002,
            message: "Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)"
        )
        #expect(first.missingSocket == "/run/mysqld/mysqld.sock")
        let message = first.naming(socketsTried: WellKnownSockets.paths).message
        for path in ["/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock"] {
            #expect(message.contains("\"\(path)\""))
        }
    }

    @Test func `only a socket counts as one`() throws {
        let directory = try ScratchDirectory()
        let file = try directory.write([], to: "mysql.sock")
        #expect(WellKnownSockets.present(among: [file, "/nonexistent/mysql.sock"]) == [])
    }

    @Test(arguments: [(3, 100, true), (4, 10, false), (1, 101, false), (2, 50, true), (2, 51, false)])
    func `an answer is limited in rows and bytes`(rows: Int, size: Int, fits: Bool) {
        var limit = AnswerLimit(rows: 3, bytes: fits && rows == 3 ? 300 : 100)
        #expect((0..<rows).allSatisfy { _ in limit.admits(rowOf: size, columns: 0) } == fits)
    }

    @Test func `values that are NULL are counted, too`() {
        var limit = AnswerLimit()
        let widest = 65_535
        let rows = (0..<1_000_000).prefix { _ in limit.admits(rowOf: 0, columns: widest) }.count
        #expect(rows * widest * MemoryLayout<String?>.stride <= AnswerLimit().bytes)
        #expect(rows > 100)
    }

    @Test func `a column is found without regard to case`() {
        let rows = Rows(columns: ["Id", "Info"], values: [["7", nil]])
        #expect(rows[0]["id"] == "7")
        #expect(rows[0]["INFO"] == nil)
        #expect(rows[0]["none"] == nil)
        #expect(rows.scalar == "7")
    }

    @Test(arguments: [
        ("plain", "'plain'"), ("it's", "'it''s'"), (#"a\b"#, #"'a\\b'"#),
        // A quote, and an accent that makes one character of both.
        ("it'\u{301}s", "'it''\u{301}s'"), ("\\\u{301}", "'\\\\\u{301}'"),
    ])
    func `text is quoted for SQL`(text: String, literal: String) {
        #expect(text.quotedForSQL == literal)
    }

    @Test(
        arguments: [
            ("./", "/var/lib/mysql", "/var/lib/mysql"), ("/a//b/", "/x", "/a/b"),
            ("../redo", "/var/lib/mysql", "/var/lib/mysql/../redo"), ("/a/l/../b", "/x", "/a/l/../b"),
            ("ibdata1", "/var/lib/mysql/", "/var/lib/mysql/ibdata1"),
        ]
    )
    func `the server's paths count from its data directory`(path: String, directory: String, expected: String) {
        #expect(FilePath.absolute(path, below: directory) == expected)
    }
}
