import Glibc
import Lifecycle
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

    @Test func `an option file that can't be read is refused`() async {
        await #expect(throws: MySQLError.optionFile("/nonexistent.cnf", reason: "no such file or directory")) {
            _ = try await Session.open(ConnectionOptions(defaultsFile: "/nonexistent.cnf"))
        }
    }

    @Test(
        arguments: [
            ("BACKUP STAGE START", UInt32(1227), "RELOAD"),
            ("FLUSH TABLES WITH READ LOCK", 1227, "RELOAD"),
            ("SHOW MASTER STATUS", 1227, "BINLOG MONITOR"),
            ("SHOW ALL SLAVES STATUS", 1227, "SLAVE MONITOR"),
            ("SELECT FILENAME AS path FROM information_schema.INNODB_SYS_TABLESPACES", 1227, "PROCESS"),
            ("LOCK INSTANCE FOR BACKUP", 1227, "BACKUP_ADMIN"),
            ("KILL QUERY 7", 1095, ""),
        ]
    )
    func `a missing privilege is named`(statement: String, number: UInt32, privilege: String) {
        let advice = MySQLError.statement(statement, number: number, message: "denied").failure.advice ?? ""
        #expect(
            privilege.isEmpty
                ? advice.isEmpty : advice.contains("GRANT \(privilege) ON *.*") || advice.contains(privilege)
        )
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
            ("../redo", "/var/lib/mysql", "/var/lib/redo"),
            ("ibdata1", "/var/lib/mysql/", "/var/lib/mysql/ibdata1"),
        ]
    )
    func `the server's paths count from its data directory`(path: String, directory: String, expected: String) {
        #expect(FilePath.absolute(path, below: directory) == expected)
    }
}
