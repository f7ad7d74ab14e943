/// Makes every commit durable while the lock is held.
///
/// With `innodb_flush_log_at_trx_commit` 0 the redo log is up to a second behind the binary log. Flushing the engine's
/// logs alone does not close the gap (measured). The value 2 is left alone, because the freeze flushes it.
enum DurableCommit {
    static let variable = "innodb_flush_log_at_trx_commit"

    /// The value, and when the server started in seconds since 1970.
    static func question(_ identity: ServerIdentity) -> String {
        "SELECT @@global.`\(variable)` AS `value`, @@global.`datadir` AS `datadir`, \(started(identity)) AS `started`"
    }

    static let value = "SELECT @@global.`\(variable)` AS `value`"

    /// Sets the value that it has: the server tells whether the account may.
    static let probe = "SET GLOBAL `\(variable)` = CAST(@@global.`\(variable)` AS SIGNED)"

    /// Keeps the value in the session, and makes commits durable where it is 0.
    ///
    /// Sent under the lock, because the operator may have set the variable while the lock was waited for.
    static let raise = [
        "SET \(kept) = @@global.`\(variable)`",
        "SET GLOBAL `\(variable)` = CAST(IF(@@global.`\(variable)` = 0, 1, @@global.`\(variable)`) AS SIGNED)",
    ]

    /// Puts back the value that the session keeps, unless the operator has set another one since.
    static let lower = """
        SET GLOBAL `\(variable)` = CAST(IF(\(kept) = 0 AND @@global.`\(variable)` = 1, 0, \
        @@global.`\(variable)`) AS SIGNED)
        """

    private static let kept = "@`lvmbackup_commit`"

    /// Puts the old value back, if the run's value is still set and the server is the same.
    ///
    /// A global variable outlives a killed run, and a later run that finds its record has only this statement. The run
    /// itself has ``lower``, which knows what the operator did before the lock was granted.
    ///
    /// A literal is signed and the variable is not: without the cast `IF` makes a DECIMAL of both, which MySQL refuses
    /// with error 1232 (measured, MySQL 9.7.4). The cast is valid on both products.
    ///
    /// - Parameters:
    ///   - datadir: as the server names it: another one on this host may have been started in the same second.
    ///   - startedAt: when the server started, seconds since 1970; five seconds of drift are allowed for.
    static func restore(_ value: String, for identity: ServerIdentity, datadir: String, startedAt: Int) -> String {
        """
        SET GLOBAL `\(variable)` = CAST(IF(@@global.`\(variable)` = 1 AND @@global.`datadir` = \
        \(datadir.quotedForSQL) AND ABS(\(started(identity)) - \(startedAt)) <= 5, \(value), \
        @@global.`\(variable)`) AS SIGNED)
        """
    }

    private static func started(_ identity: ServerIdentity) -> String {
        let table = identity.isMariaDB ? "`information_schema`.`GLOBAL_STATUS`" : "`performance_schema`.`global_status`"
        return "UNIX_TIMESTAMP() - (SELECT `VARIABLE_VALUE` FROM \(table) WHERE `VARIABLE_NAME` = 'UPTIME')"
    }
}
