import Hooks
import Lifecycle
import MySQL

/// The session of `run:sql` or `run:admin`: opened when it is first needed, never opened again when it is lost.
actor HookSession {
    private let options: ConnectionOptions
    private let readsOnly: Bool
    private var session: Session?

    init(_ options: ConnectionOptions, readsOnly: Bool) {
        self.options = options
        self.readsOnly = readsOnly
    }

    /// - Throws: `MySQLError`.
    func query(_ sql: String) async throws -> [[String: LuaValue]] {
        let rows = try await opened().query(sql, limit: .seconds(60))
        return rows.values.map { values in
            var row: [String: LuaValue] = [:]
            for (column, value) in zip(rows.columns, values) { row[column] = value.map(LuaValue.text) }
            return row
        }
    }

    private func opened() async throws -> Session {
        if let session { return session }
        let opened = try await Session.open(options)
        // Somebody else's lock is not waited for.
        try await opened.query("SET SESSION lock_wait_timeout = 1")
        if readsOnly { try await opened.query("SET SESSION TRANSACTION READ ONLY") }
        session = opened
        return opened
    }
}
