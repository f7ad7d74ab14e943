import Lifecycle

/// Answers that are held against a count: a list that was cut short looks like a complete one.
extension Session {
    /// The answer to a `SELECT`.
    ///
    /// - Throws: ``MySQLError``; ``MySQLError/answer(to:missing:)`` where rows are missing.
    func complete(_ sql: String) async throws -> Rows { try await complete(sql, counting: Self.count(of: sql)) }

    /// - Parameter count: a statement that answers the number of rows.
    /// - Throws: as ``complete(_:)``.
    func complete(_ sql: String, counting count: String) async throws -> Rows {
        var known: Range<Int>?
        // Tables may come and go meanwhile: then the counts before and after enclose the answer, or the next one does.
        for _ in 1...5 {
            let first = try await number(count)
            let rows = try await query(sql)
            let last = try await number(count)
            if (min(first, last)...max(first, last)).contains(rows.count) { return rows }
            known = rows.count..<max(rows.count, first, last)
        }
        throw MySQLError.answer(to: sql, missing: "\(known?.count ?? 0) of \(known?.upperBound ?? 0) rows")
    }

    static func count(of sql: String) -> String { "SELECT COUNT(*) AS `number` FROM (\(sql)) AS `counted`" }

    private func number(_ sql: String) async throws -> Int {
        guard let number = try await query(sql).scalar.flatMap({ Int($0) }) else {
            throw MySQLError.answer(to: sql, missing: "a number")
        }
        return number
    }
}
