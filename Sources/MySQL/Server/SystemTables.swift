/// The tables that the products keep in their own databases.
///
/// Users can make tables there, too: those are users' tables, and need a lock like all others (tried: `CREATE TABLE
/// mysql.mine ENGINE=MyISAM` on MariaDB 10.11 and MySQL 9.7.4, also in `sys`).
enum SystemTables {
    /// Databases in which no user can make a table.
    static let closedSchemas = ["information_schema", "performance_schema"]
    static let openSchemas = ["mysql", "sys"]

    /// The names of tables by their engine, but those of InnoDB, which need no lock: MariaDB 10.4 to 11.8 with its
    /// plug-ins, MySQL 8.0 to 9.7.
    ///
    /// Aria's log recovers its tables; a torn last line of a CSV log loses that line alone.
    static let shipped = [
        "CSV": ["general_log", "slow_log"],
        "Aria": [
            "column_stats", "columns_priv", "db", "event", "func", "global_priv", "gtid_slave_pos", "help_category",
            "help_keyword", "help_relation", "help_topic", "index_stats", "password_reuse_check_history", "plugin",
            "proc", "procs_priv", "proxies_priv", "roles_mapping", "servers", "spider_link_failed_log",
            "spider_link_mon_servers", "spider_table_crd", "spider_table_position_for_recovery", "spider_table_sts",
            "spider_tables", "spider_xa", "spider_xa_failed_log", "spider_xa_member", "sys_config", "table_stats",
            "tables_priv", "time_zone", "time_zone_leap_second", "time_zone_name", "time_zone_transition",
            "time_zone_transition_type",
        ],
    ]

    static func contains(_ schema: String?, _ table: String, _ engine: String) -> Bool {
        guard let schema else { return false }
        if closedSchemas.contains(schema) { return true }
        guard openSchemas.contains(schema) else { return false }
        return engine == "InnoDB" || shipped[engine]?.contains(table) == true
    }
}
