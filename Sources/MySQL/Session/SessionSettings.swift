/// Session variables that could end, cut short, delay or reformat the answers to lvmbackup's statements.
///
/// Each session sets them before any other statement, because the server's global values may be hostile.
///
/// Chosen from the whole lists of session variables of MySQL 9.7.4 and MariaDB 10.11. All of them can be set without a
/// privilege (measured); those that need one on MySQL, such as `connection_memory_limit`, can only make a statement fail.
package enum SessionSettings: Sendable {
    /// Limits alone: for statements of a site's hooks, which may rely on the server's modes and time zone.
    case limits
    /// Limits, modes, character sets, time zone and isolation.
    case all

    /// A statement, and the statements that do the same one by one.
    struct Setting: Sendable {
        let statement: String
        /// Empty where there is one assignment only.
        var singly: [String] = []
    }

    /// In the order in which they are sent.
    var settings: [Setting] {
        let limits = [Self.group(Self.commonLimits)] + Self.singly(Self.particularLimits)
        guard self == .all else { return limits }
        let whole = [Self.names, Self.isolation].map { Setting(statement: $0) }
        return limits + [Self.group(Self.commonFormats)] + whole + Self.singly(Self.particularFormats)
    }

    private static func group(_ variables: [(name: String, value: String)]) -> Setting {
        Setting(statement: assignment(variables), singly: variables.map { assignment([$0]) })
    }

    private static func singly(_ variables: [(name: String, value: String)]) -> [Setting] {
        variables.map { Setting(statement: assignment([$0])) }
    }

    /// Known to every release of both products, as far as no engine is switched off.
    private static let commonLimits = [
        ("sql_select_limit", "18446744073709551615"), ("max_join_size", "18446744073709551615"),
        ("sql_big_selects", "1"), ("net_read_timeout", "600"), ("net_write_timeout", "600"),
        ("interactive_timeout", "86400"), ("lock_wait_timeout", "300"), ("max_heap_table_size", "16777216"),
        ("tmp_table_size", "16777216"), ("sql_safe_updates", "0"),
        ("max_sort_length", "1024"), ("sort_buffer_size", "262144"), ("long_query_time", "31536000"),
    ]

    /// Of one product, of some releases or of an engine that may be off; 0 stands for no limit.
    private static let particularLimits = [
        ("innodb_lock_wait_timeout", "50"), ("max_statement_time", "0"), ("max_execution_time", "0"),
        ("idle_transaction_timeout", "0"),
        ("idle_readonly_transaction_timeout", "0"), ("idle_write_transaction_timeout", "0"),
        ("tmp_disk_table_size", "18446744073709551615"), ("max_tmp_session_space_usage", "0"),
        ("max_session_mem_used", "9223372036854775807"), ("parser_max_mem_size", "18446744073709551615"),
        ("wsrep_sync_wait", "0"), ("group_replication_consistency", "'EVENTUAL'"), ("slow_query_log", "0"),
        ("profiling", "0"), ("optimizer_trace", "'enabled=off'"),
    ]

    private static let commonFormats = [
        ("sql_mode", "''"), ("time_zone", "'+00:00'"), ("autocommit", "1"), ("completion_type", "'NO_CHAIN'"),
        ("group_concat_max_len", "1048576"), ("div_precision_increment", "4"), ("sql_auto_is_null", "0"),
        ("sql_quote_show_create", "1"), ("sql_notes", "1"), ("sql_warnings", "0"), ("sql_buffer_result", "0"),
        ("lc_messages", "'en_US'"), ("lc_time_names", "'en_US'"),
    ]

    private static let particularFormats = [
        ("old_mode", "''"), ("information_schema_stats_expiry", "86400"), ("resultset_metadata", "'FULL'"),
        ("terminology_use_previous", "'NONE'"), ("use_secondary_engine", "'OFF'"), ("sql_if_exists", "0"),
    ]

    /// The collation is named because its default is a variable of its own.
    private static let names = "SET NAMES 'utf8mb4' COLLATE 'utf8mb4_general_ci'"
    private static let isolation = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE"

    private static func assignment(_ settings: [(name: String, value: String)]) -> String {
        "SET SESSION " + settings.map { "\($0.name.quotedAsName) = \($0.value)" }.joined(separator: ", ")
    }
}
