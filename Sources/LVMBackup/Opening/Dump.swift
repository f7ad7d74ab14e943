import Host
import MySQL

/// The databases or tables that a dump is to hold.
package struct DumpSelection: Sendable, Equatable {
    /// Whole databases; empty for all but those of the system, where there are no tables either.
    var databases: [String] = []
    /// The database of the tables; nil where there are none.
    var database: String?
    var tables: [String] = []

    /// - Parameter names: such as "shop" or "shop.orders".
    /// - Throws: ``SettingsError`` for tables of several databases, or of a database beside whole ones.
    package init(_ names: [String]) throws {
        for name in names {
            let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.allSatisfy({ !$0.isEmpty }) else {
                throw SettingsError("\"\(name)\" is not the name of a database or table")
            }
            guard parts.count == 2 else {
                databases.append(name)
                continue
            }
            if let database, database != parts[0] { throw Self.mixture }
            database = parts[0]
            tables.append(parts[1])
        }
        if database != nil, !databases.isEmpty { throw Self.mixture }
    }

    private static let mixture = SettingsError(
        "a dump holds whole databases, or tables of one database",
        advice: "run \"dump\" once for each database"
    )
}

/// Writes SQL of a set's tables to standard output, by the dump program of the server's packages.
package struct Dump: Sendable {
    /// Ends a dump that failed: no client takes it for SQL, wherever the dump broke off.
    package static let failureMark = "\n*/;'\";`;\nlvmbackup: this dump is incomplete;\n"

    private let selection: DumpSelection
    private let onWarning: @Sendable (String) -> Void

    /// - Parameter onWarning: told what the dump lacks.
    package init(_ selection: DumpSelection, onWarning: @escaping @Sendable (String) -> Void) {
        self.selection = selection
        self.onWarning = onWarning
    }

    private static let common = [
        "--single-transaction", "--quick", "--hex-blob", "--triggers", "--routines", "--no-tablespaces",
        "--default-character-set=utf8mb4",
    ]

    private static let systemDatabases: Set<String> = ["mysql", "sys", "information_schema", "performance_schema"]

    /// - Returns: the exit status of the program, which has told its errors itself.
    /// - Throws: `MySQLError`, `HostError`, ``SettingsError`` where there is nothing to dump; `CancellationError`.
    package func run(on set: OpenSet) async throws -> Int32 {
        let program = try ServerProgram(.dump, of: set.server.recorded)
        let particular = set.server.isMariaDB ? [] : ["--set-gtid-purged=OFF"]
        let options = set.server.clientOptions + Self.common + particular
        var plan = IsolatedProcess.Plan(program.path, options + (try await objects(set)))
        plan.program = program.file
        plan.isAttached = true
        plan.environment = ["LC_ALL": "C", "PATH": SearchPath.directories.joined(separator: ":")]
        plan.environment.merge(RunProcesses.mark(set.run)) { $1 }
        return try await AttachedProgram(plan).run()
    }

    private func objects(_ set: OpenSet) async throws -> [String] {
        if let database = selection.database { return ["--", database] + selection.tables }
        let names = try await databases(set)
        if set.server.isMariaDB { try await warnOfEvents(names, set) }
        return ["--events", "--databases", "--"] + names
    }

    private func databases(_ set: OpenSet) async throws -> [String] {
        guard selection.databases.isEmpty else { return selection.databases }
        let session = try await set.server.openSession()
        let rows = try await session.query("SELECT `SCHEMA_NAME` FROM `information_schema`.`SCHEMATA` ORDER BY 1")
        try await session.close()
        let names = rows.compactMap { $0[0] }.filter { !Self.systemDatabases.contains($0.lowercased()) }
        guard !names.isEmpty else { throw SettingsError("the set has no databases but those of the system") }
        return names
    }

    /// MariaDB shows no events without grant tables, and reports no error (measured, 10.11).
    private func warnOfEvents(_ names: [String], _ set: OpenSet) async throws {
        let session = try await set.server.openSession()
        let rows = try await session.query("SELECT DISTINCT `db` FROM `mysql`.`event` ORDER BY 1")
        try await session.close()
        for name in rows.compactMap({ $0[0] }) where names.contains(name) {
            onWarning("the dump lacks the events of database \"\(name)\"; \"mysql.event\" of the set has them")
        }
    }
}
