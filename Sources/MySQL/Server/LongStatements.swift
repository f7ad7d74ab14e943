import Lifecycle

/// Statements that have been running for long: a read lock would wait behind them, and everyone behind it.
enum LongStatements {
    static let question = "SHOW FULL PROCESSLIST"

    /// The sessions with long statements, and the times.
    ///
    /// Only the first word of a statement is told, as the rest may be data.
    static func older(than limit: Duration, in rows: Rows, except own: Set<UInt64>) -> [String] {
        rows.compactMap { row in
            guard let id = row["Id"].flatMap({ UInt64($0) }), !own.contains(id),
                ["Query", "Execute"].contains(row["Command"] ?? ""),
                let seconds = row["Time"].flatMap({ Int64($0) }), seconds >= limit.components.seconds,
                let verb = row["Info"]?.split(whereSeparator: \.isWhitespace).first
            else { return nil }
            return "\(verb) of \"\(row["User"] ?? "")\" for \(seconds) s (process \(id))"
        }
    }

    /// The sessions that have been idle for that long: they still hold their earlier locks.
    static func idle(longerThan limit: Duration, in rows: Rows, except own: Set<UInt64>) -> [String] {
        let idle = rows.compactMap { row -> (seconds: Int64, text: String)? in
            guard let id = row["Id"].flatMap({ UInt64($0) }), !own.contains(id), row["Command"] == "Sleep",
                let seconds = row["Time"].flatMap({ Int64($0) }), seconds >= limit.components.seconds
            else { return nil }
            return (seconds, "\"\(row["User"] ?? "")\" (process \(id), idle for \(seconds) s)")
        }
        // A lock is rarely older than a pool's connections.
        let texts = idle.sorted { $0.seconds < $1.seconds }.map(\.text)
        return texts.prefix(5) + (texts.count > 5 ? ["\(texts.count - 5) more"] : [])
    }

    /// - Throws: ``MySQLError/longStatements(_:limit:)`` where there are any.
    static func refuse(_ options: MySQLOptions, _ session: Session) async throws {
        guard let limit = options.maxQueryAge else { return }
        let found = older(than: limit, in: try await session.query(question), except: [session.id])
        if !found.isEmpty { throw MySQLError.longStatements(found, limit: limit) }
    }
}
