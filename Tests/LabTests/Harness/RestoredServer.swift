import Foundation
import Testing

/// A second server, on what plain `tar` took out of a set.
struct RestoredServer: Sendable {
    private let process: Command
    let datadir: String
    static let socket = "/run/mysqld/restored.sock"

    /// Unpacks the set into an empty directory and starts a server on it; it is gone when `body` returns.
    @discardableResult
    static func of<Value: Sendable>(
        _ set: BackupSet,
        _ settings: [String] = ["--skip-log-bin"],
        outside: [String] = [],
        _ body: (RestoredServer) async throws -> Value
    ) async throws -> Value {
        let datadir = "/srv/restored"
        try await check("rm", "-rf", datadir)
        try await check("install", "-d", "-o", "mysql", datadir)
        try await check("tar", "-xf", set.archive, "-C", datadir)
        return try await on(datadir, settings, outside: outside, body)
    }

    /// Restores the set by the command and starts a server on it; it is gone when `body` returns.
    @discardableResult
    static func byCommand<Value: Sendable>(
        _ set: BackupSet,
        _ options: [String] = [],
        _ body: (RestoredServer) async throws -> Value
    ) async throws -> Value {
        let datadir = "/srv/restored"
        try await check("rm", "-rf", datadir)
        try await check([Lab.command, "restore", set.directory, "--to", datadir] + options)
        return try await on(datadir, ["--skip-log-bin"], body)
    }

    /// Starts a server on a directory, which is gone with it when `body` returns.
    ///
    /// - Parameter outside: directories outside the data directory; the server sees those of the set in their places.
    @discardableResult
    static func on<Value: Sendable>(
        _ datadir: String,
        _ settings: [String] = ["--skip-log-bin"],
        outside: [String] = [],
        _ body: (RestoredServer) async throws -> Value
    ) async throws -> Value {
        let server = try await start(on: datadir, settings, outside: outside)
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

    private static func start(
        on datadir: String,
        _ settings: [String],
        outside: [String]
    ) async throws -> RestoredServer {
        let product = ServerProduct.here
        let binds = outside.map { "mount --bind \(datadir)/.lvmbackup/outside\($0) \($0)\n" }.joined()
        let process = try Command(
            ["unshare", "--mount", "--propagation", "private", "bash", "-c", "set -e\n\(binds)exec \"$@\"", "server"]
                + [
                    product.server, "--no-defaults", "--user=mysql", "--datadir=\(datadir)", "--socket=\(socket)",
                    "--pid-file=/run/mysqld/restored.pid", "--skip-networking", "--server-id=2",
                    "--innodb-flush-log-at-trx-commit=0", "--myisam-recover-options=OFF", product.skipReplicaStart,
                ] + product.smallOptions + settings
        )
        do {
            try await until("the restored server answers", limit: .seconds(300)) {
                try #require(process.isRunning, "the restored server ended: \(process.errors.suffix(4000))")
                return try await product.answers(on: socket)
            }
        } catch {
            Issue.record("the restored server's log: \(process.errors.suffix(4000))")
            process.signal(SIGKILL)
            _ = await process.wait()
            throw error
        }
        return RestoredServer(process: process, datadir: datadir)
    }

    /// The server's error log.
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
