/// Which privilege a statement needs, for advice.
///
/// Tried on MariaDB 10.11, all on `*.*`: plans "stage" and "read-lock" need RELOAD, PROCESS, BINLOG MONITOR and SLAVE
/// MONITOR; plan "none" PROCESS and SLAVE MONITOR. SUPER only where `innodb_flush_log_at_trx_commit` is 0: without it
/// coordinates are marked as not exact. Nothing needs SELECT: what the account doesn't see is found in the data
/// directory.
///
/// From MySQL 8.0's manual, not tried: RELOAD, PROCESS and REPLICATION CLIENT; for plan "instance" also BACKUP_ADMIN and
/// SELECT on `performance_schema.*`; SYSTEM_VARIABLES_ADMIN in SUPER's place.
enum Privileges {
    /// What to grant so that a statement may be sent.
    static func advice(for statement: String) -> String {
        let privilege = needed(for: statement)
        return "grant it with: GRANT \(privilege) ON *.* TO the account of lvmbackup"
    }

    /// The privileges of MariaDB 10.5 and later, with those of MySQL 8.0 where they have other names.
    static func needed(for statement: String) -> String {
        let text = statement.uppercased()
        let table: [(String, String)] = [
            ("BACKUP STAGE", "RELOAD"),
            ("LOCK INSTANCE", "BACKUP_ADMIN"),
            ("LOG_STATUS", "BACKUP_ADMIN"),
            ("FLUSH", "RELOAD"),
            ("KILL", "CONNECTION ADMIN (MySQL: CONNECTION_ADMIN)"),
            ("SET GLOBAL", "SUPER (MySQL: SYSTEM_VARIABLES_ADMIN)"),
            ("SLAVE", "SLAVE MONITOR (MySQL: REPLICATION CLIENT)"),
            ("REPLICA", "SLAVE MONITOR (MySQL: REPLICATION CLIENT)"),
            ("MASTER STATUS", "BINLOG MONITOR (MySQL: REPLICATION CLIENT)"),
            ("BINLOG STATUS", "BINLOG MONITOR (MySQL: REPLICATION CLIENT)"),
            ("BINARY LOG STATUS", "BINLOG MONITOR (MySQL: REPLICATION CLIENT)"),
            ("INNODB", "PROCESS"),
            ("PROCESSLIST", "PROCESS"),
        ]
        return table.first { text.contains($0.0) }?.1 ?? "SELECT"
    }
}
