import FoundationEssentials
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

#if canImport(Glibc)
    import Glibc
#endif

/// A private server on a data directory that was made for the test, as root with the server's packages.
@Suite(.enabled(if: FreshData.isPossible, "needs root and an installed server")) struct PrivateServerTests {
    private func plan(_ data: FreshData, _ scratch: ScratchDirectory) -> PrivateServer.Plan {
        var plan = PrivateServer.Plan(
            run: "test-\(UInt32.random(in: 0...UInt32.max))",
            data: data.path,
            server: data.server
        )
        plan.runtimeDirectory = scratch.path
        plan.logDirectory = scratch.path + "/log"
        plan.limit = .seconds(120)
        return plan
    }

    @Test func `a private server answers on its socket alone, and leaves nothing`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        let server = try await PrivateServer.start(plan(data, scratch))
        let session = try await server.openSession()
        #expect(try await session.query("SELECT @@skip_networking").scalar == "1")
        #expect(try await session.query("SELECT COUNT(*) FROM `mysql`.`plugin`").scalar == "0")
        try await session.close()
        try await server.shutDown()
        #expect(try scratch.names == [])
    }

    @Test(arguments: [false, true])
    func `clients change the data only where they may`(isWritable: Bool) async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        var plan = plan(data, scratch)
        plan.isWritable = isWritable
        let server = try await PrivateServer.start(plan)
        for statement in ["CREATE DATABASE d", "CREATE TABLE mysql.t (a INT)", "DELETE FROM mysql.help_topic"] {
            let client = Command(
                FreshData.isMariaDB ? "mariadb" : "mysql",
                ["--no-defaults", "--socket=" + server.socket, "-e", statement]
            )
            let result = try await Commands.system.run(client)
            #expect((result.status == .exited(0)) == isWritable, "\(statement): \(result)")
        }
        try await server.end()
        #expect(try scratch.names == [])
    }

    /// A lock stands for a server that is stopped, or kept busy by crafted data.
    @Test(.timeLimit(.minutes(4))) func `a check of tables that does not go on ends, and finds no damage`() async throws
    {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        var plan = plan(data, scratch)
        plan.isWritable = true
        let server = try await PrivateServer.start(plan)
        let session = try await server.openSession()
        let whole = try await TableCheck(part: 1, limit: .seconds(120)).run(session)
        #expect(whole.tables > 10 && whole.damage == [] && whole.leftOut == [] && whole.unclear == [])
        let other = try await server.openSession()
        for statement in ["CREATE DATABASE d", "CREATE TABLE d.t (a INT)", "LOCK TABLES d.t WRITE"] {
            try await other.query(statement)
        }
        let cut = try await TableCheck(part: 1, limit: .seconds(3)).run(session)
        #expect(cut.spent == .seconds(3) && cut.tables < whole.tables + 1 && cut.damage == [])
        try await server.end()
        #expect(try scratch.names == [])
    }

    @Test(.timeLimit(.minutes(4))) func `tables that cannot be checked are named, and are no damage`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        var plan = plan(data, scratch)
        plan.isWritable = true
        let server = try await PrivateServer.start(plan)
        let session = try await server.openSession()
        for statement in [
            "CREATE DATABASE d", "CREATE TABLE d.discarded (a INT) ENGINE=InnoDB",
            "ALTER TABLE d.discarded DISCARD TABLESPACE", "CREATE TABLE d.one (a INT) ENGINE=MyISAM",
            "CREATE TABLE d.two (a INT) ENGINE=MyISAM", "CREATE TABLE d.both (a INT) ENGINE=MERGE UNION=(d.one, d.two)",
            "DROP TABLE d.two", "CREATE TABLE d.memory (a INT) ENGINE=MEMORY",
        ] { try await session.query(statement) }
        let report = try await TableCheck(part: 1, limit: .seconds(120)).run(session)
        #expect(report.damage == [] && report.unclear == [])
        #expect(report.leftOut.count == 2, "\(report.leftOut)")
        #expect(report.leftOut.contains { $0.hasPrefix("table \"d.discarded\": Tablespace ") })
        #expect(report.leftOut.contains { $0.hasPrefix("table \"d.both\": ") })
        // The log has no error of these checks.
        try await session.close()
        try await server.shutDown()
    }

    /// Runs a client with the account of the server; nil where it reached a server.
    private func refusal(_ words: [String], _ socket: String) async throws -> String? {
        let account = try #require(getpwnam("mysql")?.pointee)
        let client = [
            FreshData.isMariaDB ? "mariadb" : "mysql", "--no-defaults", "--user=root", "--socket=" + socket, "-e",
            "SELECT 1",
        ]
        var command = Command("/usr/bin/env", words + client)
        if words.isEmpty { command.user = Command.User(uid: account.pw_uid, gid: account.pw_gid) }
        let result = try await Commands.system.run(command)
        return result.isSuccess ? nil : result.reason
    }

    @Test func `no other process of the server's account reaches its socket`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        let server = try await PrivateServer.start(plan(data, scratch))
        let top = scratch.path + "/" + (try #require(try scratch.names.first { $0.hasPrefix("lvmbackup-") }))
        let inside = top + "/server/sock"
        let places = [server.socket, top + "/private/seen/server/sock", "/proc/\(server.pid)/root" + inside]
        for place in places {
            #expect(try FileIdentity(of: place).mode & UInt32(S_IFMT) == UInt32(S_IFSOCK), "\(place)")
            #expect(try await refusal([], place)?.contains("(13") == true, "\(place)")
        }
        // As if the kernel had no user namespaces: a process that is in the server's mount namespace.
        let entering = ["nsenter", "--target", "\(server.pid)", "--mount"]
        let asMySQL = ["setpriv", "--reuid", "mysql", "--regid", "mysql", "--clear-groups"]
        let refused = try #require(try await refusal(entering + asMySQL, inside))
        #expect(refused.contains("(13"), "\(refused)")
        #expect(try await refusal(entering, inside) == nil)
        let session = try await server.openSession()
        #expect(try await session.query("SELECT 1").scalar == "1")
        try await session.close()
        try await server.shutDown()
        #expect(try scratch.names == [])
    }

    @Test func `clients of a user of no account are let in by name`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        let server = try await PrivateServer.start(plan(data, scratch))
        let user = try #require(try UnusedAccount.user(alsoIn: server.group))
        let words = ["setpriv", "--reuid", "\(user.uid)", "--regid", "\(user.gid)", "--clear-groups"]
        #expect(try await refusal(words, server.socket) != nil)
        try server.admit(user)
        #expect(try await refusal(words, server.socket) == nil)
        #expect(try await refusal([], server.socket) != nil)
        try await server.end()
        #expect(try scratch.names == [])
    }

    @Test func `a replay's programs are of no account, and come to the server`() async throws {
        let (source, target) = (try await FreshData(), try await FreshData())
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        var logging = plan(source, scratch)
        (logging.isWritable, logging.isRecovered) = (true, false)
        let log = source.server.datadir + "/binlog"
        logging.server.settings?.merge(
            ["server_id": "1", "log_bin": "ON", "log_bin_basename": log, "log_bin_index": log + ".index"]
        ) { $1 }
        let first = try await PrivateServer.start(logging)
        let writing = try await first.openSession()
        for statement in ["CREATE DATABASE d", "CREATE TABLE d.t (a INT)", "INSERT INTO d.t VALUES (1), (2)"] {
            try await writing.query(statement)
        }
        try await writing.close()
        try await first.shutDown()
        let start = Coordinates(binlog: .init(file: "binlog.000001", position: 4))
        let replay = try ReplayPlan(to: .time(4_000_000_000), from: start, ofData: nil, in: source.path)
        #expect(replay.transactions == 3)
        var plan = plan(target, scratch)
        plan.isWritable = true
        let server = try await PrivateServer.start(plan)
        try await Replay(replay, on: server, run: plan.run).run()
        let session = try await server.openSession()
        #expect(try await session.query("SELECT COUNT(*) FROM `d`.`t`").scalar == "2")
        try await session.close()
        try await server.shutDown()
        #expect(try scratch.names == [])
    }

    /// The program starts a listener that is not its own process, and says that it is ready.
    @Test func `another process on the server's socket is not taken for the server`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        let script = #"""
            #!/bin/bash
            socket=$(sed -n 's/^socket=//p' "${1#--defaults-file=}")
            setsid perl -MIO::Socket::UNIX -e 'my $s = IO::Socket::UNIX->new(Local => shift, Listen => 5); sleep 20' "$socket" &
            while [ ! -S "$socket" ]; do sleep 0.1; done
            echo '2026-11-28  1:02:03 0 [Note] mariadbd: ready for connections.'
            sleep 20
            """#
        let program = try scratch.write(Array(script.utf8), to: "server")
        chmod(program, 0o755)
        var plan = plan(data, scratch)
        plan.executable = program
        do {
            try await PrivateServer.start(plan).end()
            Issue.record("the impostor was taken for the server")
        } catch MySQLError.privateServer(let reason, _, _) {
            #expect(reason == "another process listens on its socket")
        }
        #expect(try scratch.names == ["log", "server"])
    }

    @Test func `a server that does not come up is told with its log, and leaves nothing else`() async throws {
        let data = try await FreshData()
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o711)
        truncate(data.path + "/ibdata1", 100)
        do {
            _ = try await PrivateServer.start(plan(data, scratch))
            Issue.record("the server started")
        } catch MySQLError.privateServer(_, let lines, let log) {
            #expect(!lines.isEmpty)
            #expect(FileManager.default.fileExists(atPath: log))
        }
        #expect(try scratch.names == ["log"])
    }
}
