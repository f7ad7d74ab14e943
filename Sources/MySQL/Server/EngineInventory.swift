import Lifecycle

/// Which engines hold how many tables.
enum EngineInventory {
    /// Stands for the engine of tables that the server cannot open, and that have none in its answer.
    static let unopened = "?"

    static let tables = """
        SELECT COALESCE(`ENGINE`, '\(unopened)') AS `engine`, \
        \(SystemTables.condition) AS `is_system`, COUNT(*) AS `number` \
        FROM `information_schema`.`TABLES` WHERE `TABLE_TYPE` NOT IN ('VIEW', 'SYSTEM VIEW', 'TEMPORARY') \
        GROUP BY 1, 2 WITH ROLLUP
        """
    static let enabled = """
        SELECT `ENGINE` AS `engine` FROM `information_schema`.`ENGINES` WHERE `SUPPORT` IN ('YES', 'DEFAULT')
        """
    static let transactional = """
        SELECT `ENGINE` AS `engine` FROM `information_schema`.`ENGINES` WHERE `TRANSACTIONS` = 'YES'
        """

    /// The groups of the answer to ``tables``.
    ///
    /// Its last row counts all tables: the sum must be the same.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)``.
    static func complete(_ rows: Rows) throws -> Rows {
        // A row of ROLLUP has no value in the columns that it sums up.
        let groups = rows.values.indices.filter { rows[$0]["engine"] != nil && rows[$0]["is_system"] != nil }
        let counted = groups.compactMap { rows[$0]["number"].flatMap { Int($0) } }.reduce(0, +)
        let total = rows.first { $0["engine"] == nil }?["number"].flatMap { Int($0) }
        // Without a table there is no row at all, which no server is without.
        guard let total, total == counted else {
            throw MySQLError.answer(to: tables, missing: "\((total ?? 0) - counted) of \(total ?? 0) tables")
        }
        return Rows(columns: rows.columns, values: groups.map { rows.values[$0] })
    }

    /// Databases that the data dictionary of MySQL knows.
    ///
    /// MariaDB takes every directory for one, and marks its own by a file "db.opt" in it.
    static let schemas = "SELECT `SCHEMA_NAME` AS `schema` FROM `information_schema`.`SCHEMATA`"

    /// Puts the two answers together; engines in alphabetical order.
    static func uses(tables: Rows, transactional: Rows) -> [EngineUse] {
        let transactional = Set(transactional.compactMap { $0["engine"] })
        var uses: [String: EngineUse] = [:]
        for row in tables {
            guard let engine = row["engine"], let number = row["number"].flatMap({ Int($0) }) else { continue }
            var use =
                uses[engine]
                ?? EngineUse(
                    engine: engine,
                    userTables: 0,
                    systemTables: 0,
                    isTransactional: transactional.contains(engine)
                )
            if row["is_system"] == "1" { use.systemTables += number } else { use.userTables += number }
            uses[engine] = use
        }
        return uses.values.sorted { $0.engine < $1.engine }
    }
}
