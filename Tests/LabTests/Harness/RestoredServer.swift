import Foundation
import Testing

/// A second server, on what plain `tar` took out of a set.
struct RestoredServer: Sendable {
    private let process: Command
    let datadir: String
    static let socket = "/run/mysqld/restored.sock"

    /// Unpacks the set into an empty directory and starts a server on it; it is gone when `body` returns.
    static func of<Value: Sendable>(
        _ set: BackupSet,
        _ settings: [String] = ["--skip-log-bin"],
        _ body: (RestoredServer) async throws -> Value
    ) async throws -> Value {
        let datadir = "/srv/restored"
        try await check("rm", "-rf", datadir)
        try await check("install", "-d", "-o", "mysql", datadir)
        try await check("tar", "-xf", set.archive, "-C", datadir)
        return try await on(datadir, settings, body)
    }

    /// Starts a server on a directory, which is gone with it when `body` returns.
    static func on<Value: Sendable>(
        _ datadir: String,
        _ settings: [String] = ["--skip-log-bin"],
        _ body: (RestoredServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(on: datadir, settings)
        do {
            let value = try await body(server)
            try await server.stop()
            return value
        } catch {
            // The body's error is the one that counts.
            try? await server.stop()
            throw error
        }
    }

    private static func start(on datadir: String, _ settings: [String]) async throws -> RestoredServer {
        let process = try Command(
            [
                "mariadbd", "--no-defaults", "--user=mysql", "--datadir=\(datadir)", "--socket=\(socket)",
                "--pid-file=/run/mysqld/restored.pid", "--skip-networking", "--server-id=2",
                "--innodb-buffer-pool-size=64M", "--innodb-buffer-pool-size-max=256M", "--innodb-use-native-aio=0",
                "--innodb-undo-tablespaces=0", "--innodb-log-file-size=24M", "--innodb-flush-log-at-trx-commit=0",
                "--myisam-recover-options=OFF",
                "--skip-slave-start",
            ] + settings
        )
        try await until("the restored server answers", limit: .seconds(120)) {
            try #require(process.isRunning, "the restored server ended: \(process.errors.suffix(4000))")
            let ping = try await run("mariadb-admin", "--no-defaults", "--socket=\(socket)", "ping")
            return ping.status == 0
        }
        return RestoredServer(process: process, datadir: datadir)
    }

    /// What the server wrote to its error log.
    var log: String { process.errors }

    @discardableResult
    func query(_ statement: String, at location: SourceLocation = #_sourceLocation) async throws -> [[String]] {
        try await DatabaseHost.query(statement, socket: Self.socket, at: location)
    }

    private func stop() async throws {
        process.signal(SIGKILL)
        _ = await process.wait()
        try await check("rm", "-rf", datadir)
    }
}
