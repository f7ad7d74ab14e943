import Conformance
import Host
import Lifecycle

@testable import MySQL

/// The installed server on fresh data, as an operator runs it.
final class FreshServer: DatabaseFixture {
    private let data: FreshData
    private let process: IsolatedProcess
    let statements = (right: "INSERT INTO `d`.`done` VALUES (1)", wrong: "INSERT INTO `d`.`nowhere` VALUES (1)")

    init() async throws {
        data = try await FreshData()
        let plan = IsolatedProcess.Plan(
            FreshData.isMariaDB ? "/usr/sbin/mariadbd" : "/usr/sbin/mysqld",
            [
                "--no-defaults", "--user=mysql", "--datadir=\(data.path)", "--socket=\(data.path)/sock",
                "--pid-file=\(data.path)/pid", "--skip-networking", "--innodb-buffer-pool-size=32M",
                "--innodb-use-native-aio=OFF", "--log-error=\(data.path)/error.log",
            ]
        )
        process = try IsolatedProcess(plan)
        do { try await prepare() } catch {
            _ = await process.terminate()
            throw error
        }
    }

    private func prepare() async throws {
        try await awaitReady()
        let session = try await open()
        for statement in ["CREATE DATABASE `d`", "CREATE TABLE `d`.`done` (`a` INT)"] {
            try await session.query(statement)
        }
        try await session.query("CREATE TABLE `d`.`written` (`a` INT)")
        try await session.close()
    }

    /// Shuts the server down.
    func end() async { _ = await process.terminate() }

    private var connection: ConnectionOptions {
        ConnectionOptions(defaultsFile: "/dev/null", user: "root", socket: data.path + "/sock")
    }

    private func open() async throws -> Session { try await Session.open(connection) }

    private func awaitReady() async throws {
        for attempt in 0... {
            do { return try await open().close() } catch {
                guard process.status == nil, attempt < 300 else { throw error }
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    // MARK: The fixture

    func makeDatabase() -> any Database { MySQLDatabase(options: MySQLOptions(connection: connection)) }

    func isDone() async throws -> Bool {
        let session = try await open()
        let count = try await session.query("SELECT COUNT(*) FROM `d`.`done`").scalar
        try await session.close()
        return count != "0"
    }

    func canWrite() async throws -> Bool {
        let session = try await open()
        defer { session.cut() }
        try await session.query("SET SESSION `lock_wait_timeout` = 1")
        do { try await session.query("INSERT INTO `d`.`written` VALUES (1)", limit: .seconds(1)) } catch {
            // A writer that is kept back gets an error, or no answer.
            return false
        }
        return true
    }

    func breakSessions() async throws {
        let session = try await open()
        let others =
            "SELECT `id` FROM `information_schema`.`processlist` WHERE `user` = 'root' AND `id` <> CONNECTION_ID()"
        for row in try await session.query(others).values {
            // A session that has ended meanwhile is as good as killed.
            if let id = row.first ?? nil { _ = try? await session.query("KILL \(id)") }
        }
        try await session.close()
    }

    /// The lab recovers copies.
    func copy(_ datadir: String) -> String? { nil }
}
