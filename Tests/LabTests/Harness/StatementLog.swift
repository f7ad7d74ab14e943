import Foundation
import Testing

/// The server's general log: every statement it was sent, those of the load apart.
struct StatementLog: Sendable {
    private static let path = "/run/mysqld/statements.log"
    private let host: DatabaseHost

    static func start(on host: DatabaseHost) async throws -> StatementLog {
        try await host.query("SET GLOBAL general_log_file = '\(path)', log_output = 'FILE', general_log = 1")
        return StatementLog(host: host)
    }

    /// The statements since the start, but the one that ends the log.
    func stop() async throws -> [String] {
        try await host.query("SET sql_log_off = 1; SET GLOBAL general_log = 0")
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
        unlink(Self.path)
        return text.split(separator: "\n").compactMap { line in
            line.range(of: "Query\t").map { String(line[$0.upperBound...]) }
        }.filter { $0 != "SET sql_log_off = 1" }
    }

    /// Whether a statement could make others wait, or change the server.
    static func couldBlock(_ statement: String) -> Bool {
        let text = statement.uppercased()
        return ["FLUSH", "LOCK", "BACKUP", "SET GLOBAL", "UNLOCK", "KILL"].contains { text.hasPrefix($0) }
    }
}
