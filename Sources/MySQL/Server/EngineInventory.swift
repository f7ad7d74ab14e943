import Lifecycle

/// Which engines hold how many tables.
enum EngineInventory {
    /// Stands for the engine of tables that the server cannot open, and that have none in its answer.
    static let unopened = "?"

    /// All tables but those of the databases in which the products have tables beside those of users.
    static let tables = """
        SELECT COALESCE(`ENGINE`, '\(unopened)') AS `engine`, \
        `TABLE_SCHEMA` IN (\(list(SystemTables.closedSchemas))) AS `is_system`, COUNT(*) AS `number` \
        \(source) NOT IN (\(list(SystemTables.openSchemas))) GROUP BY 1, 2 WITH ROLLUP
        """
    /// The tables of those databases, by name where the name decides.
    ///
    /// The names are not in the statement: no server takes less than 1024 bytes (`max_allowed_packet`), some no more.
    static let openTables = """
        SELECT COALESCE(`ENGINE`, '\(unopened)') AS `engine`, \
        IF(COALESCE(`ENGINE` = 'InnoDB', 0), '', `TABLE_NAME`) AS `name`, COUNT(*) AS `number` \
        \(source) IN (\(list(SystemTables.openSchemas))) GROUP BY 1, 2 WITH ROLLUP
        """
    private static let source = """
        FROM `information_schema`.`TABLES` WHERE `TABLE_TYPE` NOT IN ('VIEW', 'SYSTEM VIEW', 'TEMPORARY') \
        AND `TABLE_SCHEMA`
        """
    static let enabled = """
        SELECT `ENGINE` AS `engine` FROM `information_schema`.`ENGINES` WHERE `SUPPORT` IN ('YES', 'DEFAULT')
        """
    static let transactional = """
        SELECT `ENGINE` AS `engine` FROM `information_schema`.`ENGINES` WHERE `TRANSACTIONS` = 'YES'
        """

    private static func list(_ names: [String]) -> String { names.map(\.quotedForSQL).joined(separator: ", ") }

    /// The groups of the answer to ``tables`` or ``openTables``.
    ///
    /// The last row counts all tables: the sum must be the same.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)``.
    static func complete(_ rows: Rows) throws -> Rows {
        // ROLLUP of nothing is nothing. An account may see no table of a database.
        if rows.values.isEmpty { return rows }
        // A row of ROLLUP has no value in the columns that it sums up: the first two.
        let groups = rows.values.indices.filter { rows.values[$0].prefix(2).allSatisfy { $0 != nil } }
        let counted = groups.compactMap { rows[$0]["number"].flatMap { Int($0) } }.reduce(0, +)
        let total = rows.first { $0["engine"] == nil }?["number"].flatMap { Int($0) }
        guard let total, total == counted else {
            throw MySQLError.answer(to: tables, missing: "\((total ?? 0) - counted) of \(total ?? 0) tables")
        }
        return Rows(columns: rows.columns, values: groups.map { rows.values[$0] })
    }

    /// Databases that the data dictionary of MySQL knows.
    ///
    /// MariaDB takes every directory for one, and marks its own by a file "db.opt" in it.
    static let schemas = "SELECT `SCHEMA_NAME` AS `schema` FROM `information_schema`.`SCHEMATA`"

    /// Puts the answers together; engines in alphabetical order.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)`` where both name no table, which no server is without.
    static func uses(tables: Rows, openTables: Rows, transactional: Rows) throws -> [EngineUse] {
        if tables.values.isEmpty, openTables.values.isEmpty {
            throw MySQLError.answer(to: Self.tables, missing: "all tables")
        }
        let transactional = Set(transactional.compactMap { $0["engine"] })
        var uses: [String: EngineUse] = [:]
        let rows = tables.map { ($0, $0["is_system"] == "1") } + openTables.map { ($0, isShipped($0)) }
        for (row, isSystem) in rows {
            guard let engine = row["engine"], let number = row["number"].flatMap({ Int($0) }) else { continue }
            var use =
                uses[engine]
                ?? EngineUse(
                    engine: engine,
                    userTables: 0,
                    systemTables: 0,
                    isTransactional: transactional.contains(engine)
                )
            if isSystem { use.systemTables += number } else { use.userTables += number }
            uses[engine] = use
        }
        return uses.values.sorted { $0.engine < $1.engine }
    }

    private static func isShipped(_ row: Row) -> Bool {
        guard let engine = row["engine"], let name = row["name"] else { return false }
        return SystemTables.contains(SystemTables.openSchemas.first, name, engine)
    }
}
