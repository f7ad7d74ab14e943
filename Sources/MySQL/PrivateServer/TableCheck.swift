import Lifecycle

/// Asks a private server to check its tables.
package struct TableCheck: Sendable {
    package struct Report: Sendable, Equatable {
        package var tables = 0
        /// Damaged tables, in words.
        package var damage: [String] = []
        /// Tables that were not checked, with the reason.
        package var leftOut: [String] = []
        /// Tables whose check failed with words that do not tell of damage.
        package var unclear: [String] = []
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
        SELECT `TABLE_SCHEMA` AS `schema`, `TABLE_NAME` AS `name`, `ENGINE` AS `engine` \
        FROM `information_schema`.`TABLES` \
        WHERE `TABLE_TYPE` NOT LIKE '%VIEW' AND `TABLE_SCHEMA` NOT IN ('information_schema', 'performance_schema')
        """

    /// Checks each table, or as many tables, drawn at random, as the part is.
    ///
    /// - Throws: ``MySQLError``.
    package func run(_ session: Session) async throws -> Report {
        var report = Report()
        let tables = try await session.complete(Self.tables)
        report.leftOut = tables.compactMap(Self.reason)
        let names = tables.filter { Self.isChecked($0["engine"]) }.compactMap(Self.name)
        let deadline = ContinuousClock.now + limit
        for name in Self.sample(of: names, part: part) {
            let rest = deadline - .now
            do {
                guard rest > .zero else { throw MySQLError.noAnswer(name, limit: limit) }
                let answer = try await session.query("CHECK TABLE \(name)", limit: rest)
                report.add(TableVerdict(answer), of: answer.first?["Table"] ?? name)
            } catch MySQLError.noAnswer {
                // Damage of other tables that was found before counts.
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

    private static func name(_ row: Row) -> String? {
        guard let schema = row["schema"], let name = row["name"] else { return nil }
        return schema.quotedAsName + "." + name.quotedAsName
    }

    /// A check of another table may connect to other hosts, to which the private server does not belong.
    ///
    /// A table whose engine the server cannot tell is checked: its definition may be damaged.
    private static func isChecked(_ engine: String?) -> Bool { engine.map { RowPlace(of: $0) == .files } ?? true }

    /// Why a table is not checked; nil for a table that is, or has no rows.
    private static func reason(_ row: Row) -> String? {
        guard let engine = row["engine"], !isChecked(engine), RowPlace(of: engine) != .none else { return nil }
        let table = "\(row["schema"] ?? "").\(row["name"] ?? "")"
        return "table \"\(table)\": the rows of \(engine) may be outside the data directory"
    }
}

extension TableCheck.Report {
    fileprivate mutating func add(_ verdict: TableVerdict, of table: String) {
        if case .unchecked(let text) = verdict { return leftOut.append("table \"\(table)\": \(text)") }
        tables += 1
        switch verdict {
        case .damaged(let text): damage.append("table \"\(table)\": \(text)")
        case .unclear(let text): unclear.append("table \"\(table)\": \(text)")
        case .good, .unchecked: break
        }
    }
}
