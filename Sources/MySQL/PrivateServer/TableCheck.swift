import Lifecycle

/// Asks a private server to check its tables.
package struct TableCheck: Sendable {
    package struct Report: Sendable, Equatable {
        package var tables = 0
        /// Errors of tables, in words.
        package var errors: [String] = []
        /// The time limit, where it was spent before all tables were checked: the session is of no use then.
        package var spent: Duration?
    }

    /// The part of the tables that is checked, from 0 to 1.
    private let part: Double
    /// For all tables together: crafted data can keep a server busy for ever, and its user can stop the server.
    private let limit: Duration

    /// - Parameter bytes: of the data, by which the time is limited.
    package init(part: Double, bytes: Int64) {
        // A disk that is read at random gives half a MiB a second.
        self.init(part: part, limit: .seconds(1800 + 1800 * (min(max(bytes, 0), 1 << 46) >> 30)))
    }

    init(part: Double, limit: Duration) {
        self.part = part
        self.limit = limit
    }

    static let tables = """
        SELECT `TABLE_SCHEMA` AS `schema`, `TABLE_NAME` AS `name` FROM `information_schema`.`TABLES` \
        WHERE `TABLE_TYPE` NOT LIKE '%VIEW' AND `TABLE_SCHEMA` NOT IN ('information_schema', 'performance_schema')
        """

    /// Checks each table, or as many tables, drawn at random, as the part is.
    ///
    /// - Throws: ``MySQLError``.
    package func run(_ session: Session) async throws -> Report {
        let names = try await session.complete(Self.tables).compactMap { row -> String? in
            guard let schema = row["schema"], let name = row["name"] else { return nil }
            return schema.quotedAsName + "." + name.quotedAsName
        }
        let deadline = ContinuousClock.now + limit
        var report = Report()
        for name in Self.sample(of: names, part: part) {
            let rest = deadline - .now
            do {
                guard rest > .zero else { throw MySQLError.noAnswer(name, limit: limit) }
                report.errors += Self.errors(in: try await session.query("CHECK TABLE \(name)", limit: rest))
                report.tables += 1
            } catch MySQLError.noAnswer {
                // Errors of other tables that were found before count.
                report.spent = limit
                return report
            }
        }
        return report
    }

    static func sample(of names: [String], part: Double) -> [String] {
        guard part < 1 else { return names }
        let count = Int((Double(names.count) * part).rounded(.up))
        return Array(names.shuffled().prefix(max(count, min(1, names.count)))).sorted()
    }

    /// Notes and warnings say nothing against a table; the line "status" is the verdict.
    static func errors(in rows: Rows) -> [String] {
        let good = ["OK", "Table is already up to date"]
        return rows.compactMap { row in
            guard let kind = row["Msg_type"]?.lowercased(), let text = row["Msg_text"] else { return nil }
            guard kind == "error" || (kind == "status" && !good.contains(text)) else { return nil }
            return "table \"\(row["Table"] ?? "")\": \(text)"
        }
    }
}
