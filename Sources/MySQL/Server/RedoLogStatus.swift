import Lifecycle

/// Whether InnoDB writes its redo log: MySQL can be told not to, for a fast load of data.
enum RedoLogStatus {
    static let question = "SHOW GLOBAL STATUS LIKE 'Innodb_redo_log_enabled'"

    /// Asks a server of MySQL.
    ///
    /// The log can be disabled at any time: the question is asked before the lock and after the snapshot.
    ///
    /// - Throws: ``MySQLError/redoLogOff``. MySQL 9.7.4 does not start on a copy that was taken meanwhile (measured).
    static func check(_ session: Session, _ identity: ServerIdentity) async throws {
        guard identity.hasInstanceLock else { return }
        // MySQL before 8.0.21 cannot disable it, and has no such status.
        guard let row = try await session.query(question).first, row.values.last == "OFF" else { return }
        throw MySQLError.redoLogOff
    }
}
