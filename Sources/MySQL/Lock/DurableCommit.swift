/// Makes every commit durable while the lock is held.
///
/// With `innodb_flush_log_at_trx_commit` 0 the redo log is up to a second behind the binary log. Flushing the engine's
/// logs alone does not close the gap (measured). The value 2 is left alone, because the freeze flushes it.
///
/// An operator may set the variable at any time. So the run sets a value that operators hardly choose, and puts the old
/// one back only where its own value is still there:
///
/// - MariaDB: 3, which does what 1 does, and syncs more often (manual of `innodb_flush_log_at_trx_commit`).
/// - MySQL has no such value. It is 2, and the server tells the account that has set it, and when.
struct DurableCommit: Sendable {
    static let variable = "innodb_flush_log_at_trx_commit"

    let identity: ServerIdentity

    /// The value that makes commits durable.
    var raised: String { identity.isMariaDB ? "3" : "2" }

    /// Whether the server tells who has set a variable.
    private var tellsSetters: Bool { identity.hasInstanceLock }

    /// The value, when the server started in seconds since 1970, and the account.
    var question: String {
        """
        SELECT @@global.`\(Self.variable)` AS `value`, @@global.`datadir` AS `datadir`, \(started) AS `started`, \
        SUBSTRING_INDEX(USER(), '@', 1) AS `user`, SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AS `account`
        """
    }

    static let value = "SELECT @@global.`\(variable)` AS `value`"

    /// Sets the value that it has: the server tells whether the account may.
    static let probe = "SET GLOBAL `\(variable)` = CAST(@@global.`\(variable)` AS SIGNED)"

    /// Keeps the value in the session, and makes commits durable where it is 0.
    ///
    /// Sent under the lock, because the operator may have set the variable while the lock was waited for.
    var raise: [String] {
        let (variable, kept) = (Self.variable, Self.kept)
        return [
            "SET \(kept) = @@global.`\(variable)`",
            """
            SET GLOBAL `\(variable)` = CAST(IF(@@global.`\(variable)` = 0, \(raised), @@global.`\(variable)`) AS SIGNED)
            """,
        ] + (tellsSetters ? ["SET \(Self.keptTime) = (\(Self.setter("SET_TIME")))"] : [])
    }

    /// Puts back the value that the session keeps, unless the operator has set one since.
    var lower: String {
        let variable = Self.variable
        let isOurs = tellsSetters ? " AND \(Self.keptTime) = (\(Self.setter("SET_TIME")))" : ""
        return """
            SET GLOBAL `\(variable)` = CAST(IF(\(Self.kept) = 0 AND @@global.`\(variable)` = \(raised)\(isOurs), 0, \
            @@global.`\(variable)`) AS SIGNED)
            """
    }

    private static let kept = "@`lvmbackup_commit`"
    private static let keptTime = "@`lvmbackup_commit_time`"

    /// Readable for every account (measured, MySQL 9.7.4).
    private static func setter(_ column: String) -> String {
        """
        SELECT `\(column)` FROM `performance_schema`.`variables_info` WHERE `VARIABLE_NAME` = '\(variable)'
        """
    }

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
    ///   - accounts: the names by which the server may know the account of the run.
    func restore(_ value: String, datadir: String, startedAt: Int, accounts: [String]) -> String {
        let variable = Self.variable
        let names = accounts.map(\.quotedForSQL).joined(separator: ", ")
        let isOurs = tellsSetters ? " AND (\(Self.setter("SET_USER"))) IN (\(names))" : ""
        return """
            SET GLOBAL `\(variable)` = CAST(IF(@@global.`\(variable)` = \(raised) AND @@global.`datadir` = \
            \(datadir.quotedForSQL) AND ABS(\(started) - \(startedAt)) <= 5\(isOurs), \(value), \
            @@global.`\(variable)`) AS SIGNED)
            """
    }

    private var started: String {
        let table = identity.isMariaDB ? "`information_schema`.`GLOBAL_STATUS`" : "`performance_schema`.`global_status`"
        return "UNIX_TIMESTAMP() - (SELECT `VARIABLE_VALUE` FROM \(table) WHERE `VARIABLE_NAME` = 'UPTIME')"
    }
}
