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
                let seconds = row["Time"].flatMap({ Int64($0) }), seconds >= limit.components.seconds,
                let verb = verb(of: row)
            else { return nil }
            return "\(verb) of \"\(row["User"] ?? "")\" for \(seconds) s (process \(id))"
        }
    }

    /// The first word of the statement that a session runs; nil for one that runs none.
    ///
    /// Statements run under many names: "Query", "Execute", "Fetch", "Connect" of an event, "Slave_worker" and "Slave_SQL" of
    /// MariaDB's replicas. Commands without a statement are therefore named, and not those with one.
    private static func verb(of row: Row) -> Substring? {
        let command = row["Command"] ?? ""
        guard !idleCommands.contains(command), !command.hasPrefix("Binlog Dump"),
            let info = row["Info"], let start = info.split(whereSeparator: \.isWhitespace).first
        else { return nil }
        let verb = withoutComments(info).prefix { $0.isLetter }
        // Threads of the server have words about their state there, such as "Slave has read all relay log".
        let isReplication = row["User"] == "system user" || command.hasPrefix("Slave_")
        if isReplication, !longReplicated.contains(verb.uppercased()) { return nil }
        // A statement in a comment of MySQL's own, "/*!50001 … */", counts as any other.
        return verb.isEmpty ? start : verb
    }

    /// The statement from its first word on.
    private static func withoutComments(_ statement: String) -> Substring {
        var rest = statement[...]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == "(" }
            let end: String? = rest.hasPrefix("/*") ? "*/" : rest.hasPrefix("-- ") || rest.hasPrefix("#") ? "\n" : nil
            guard let end else { return rest }
            guard let close = rest.firstRange(of: end) else { return "" }
            rest = rest[close.upperBound...]
        }
    }

    private static let idleCommands: Set<String> = ["Daemon", "Sleep"]

    /// Statements of a replica that can take long by themselves.
    ///
    /// The time of a replication thread is the age of the event on the source: on a replica that lags behind, each small
    /// change looks old, and a lock waits for none of them.
    private static let longReplicated: Set<String> = [
        "ALTER", "ANALYZE", "CREATE", "DROP", "LOAD", "OPTIMIZE", "RENAME", "REPAIR", "TRUNCATE",
    ]

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
