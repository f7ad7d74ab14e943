import Host

/// The option file of the recovery server: those of the live server's settings that the data's format requires, and
/// none through which production could be reached.
struct RecoveryOptionFile: Sendable {
    /// The place of the recovery server's own files, outside the copy.
    let directory: RecoveryDirectory
    let identity: ServerIdentity
    let variables: ServerVariables
    let plugins: [String]
    /// A server that runs as root has to be told so.
    let runsAsRoot: Bool
    /// Refuses changes of data by clients, of those with all rights, too.
    var refusesWrites = false
    /// Names of directories in the data directory that MariaDB does not take for databases.
    var ignoredDatabases: [String] = []

    /// The directories in which the live server's program finds its own files.
    private static let programPlaces = ["basedir", "plugin_dir", "lc_messages_dir", "character_sets_dir"]

    /// Settings of the live server without which the data is unreadable, or without which the server would not start on
    /// it.
    static let demanded = [
        "lower_case_table_names", "character_set_server", "collation_server",
        "innodb_page_size", "innodb_data_file_path", "innodb_log_group_home_dir", "innodb_log_file_size",
        "innodb_log_files_in_group", "innodb_redo_log_capacity", "innodb_log_write_ahead_size",
        "innodb_undo_directory", "innodb_undo_tablespaces", "innodb_checksum_algorithm", "innodb_log_checksums",
        "innodb_doublewrite", "innodb_doublewrite_dir", "innodb_doublewrite_files", "innodb_directories",
        "innodb_compression_algorithm", "innodb_use_native_aio", "innodb_flush_method",
        "innodb_buffer_pool_size_max", "innodb_encrypt_tables", "innodb_encrypt_log", "innodb_read_only_compressed",
        "aria_log_dir_path", "aria_log_file_size", "aria_block_size", "aria_encrypt_tables", "encrypt_binlog",
        "encrypt_tmp_files", "gtid_mode", "enforce_gtid_consistency", "server_id", "rocksdb_datadir",
        "rocksdb_wal_dir", "plugin_maturity",
        // The recovery server's own writes stay encrypted.
        "innodb_redo_log_encrypt", "innodb_undo_log_encrypt", "innodb_parallel_dblwr_encrypt",
        "innodb_sys_tablespace_encrypt", "innodb_temp_tablespace_encrypt",
    ]

    /// Settings of plug-ins that keep keys: file names, addresses, algorithms.
    private static let keySettings = [
        "file_key_management_", "hashicorp_key_management_", "aws_key_management_", "keyring_",
    ]

    /// Values of the recovery server's own, independent of the live server.
    private var fixed: [(String, String)] {
        [
            ("socket", directory.socket), ("pid_file", directory.own + "/pid"),
            ("tmpdir", directory.own + "/tmp"), ("secure_file_priv", directory.own + "/tmp"), ("skip_networking", "ON"),
            ("skip_grant_tables", "ON"),
            ("loose_skip_slave_start", "ON"), ("loose_skip_replica_start", "ON"), ("loose_event_scheduler", "OFF"),
            ("loose_mysqlx", "OFF"), ("loose_group_replication_start_on_boot", "OFF"), ("loose_wsrep_on", "OFF"),
            ("loose_wsrep_provider", "none"), ("loose_auto_generate_certs", "OFF"),
            ("loose_sha256_password_auto_generate_rsa_keys", "OFF"),
            ("loose_caching_sha2_password_auto_generate_rsa_keys", "OFF"), ("general_log", "OFF"),
            ("slow_query_log", "OFF"), ("innodb_buffer_pool_size", bufferPool), ("key_buffer_size", "8M"),
            ("loose_aria_pagecache_buffer_size", "8M"), ("loose_query_cache_size", "0"), ("max_connections", "10"),
            ("performance_schema", "OFF"), ("large_pages", "OFF"), ("innodb_buffer_pool_dump_at_shutdown", "OFF"),
            ("innodb_buffer_pool_load_at_startup", "OFF"), ("innodb_fast_shutdown", "1"),
            ("loose_innodb_encryption_threads", "0"), ("loose_innodb_stats_auto_recalc", "OFF"),
            ("loose_myisam_recover_options", "OFF"),
        ]
    }

    /// The copy has settings of its own, which override an option file: those of `SET PERSIST` in `mysqld-auto.cnf`.
    /// (Measured, MySQL 9.7.4: `general_log`, `log_error_services` and `event_scheduler` of the copy reached the
    /// recovery server.)
    ///
    /// Plug-ins of the copy's `mysql.plugin` and its events stay away for lack of grant tables. Components of its
    /// `mysql.component` do not, and no option keeps them away (measured): they start with the defaults of their settings.
    private static let isolation: [(String, String)] = [
        ("loose_persisted_globals_load", "OFF"), ("loose_upgrade", "NONE"), ("loose_ndbcluster", "OFF"),
        ("loose_log_error_services", "log_filter_internal; log_sink_internal"),
        ("loose_log_error_suppression_list", ""), ("loose_log_error_verbosity", "2"),
        ("loose_binlog_encryption", "OFF"), ("loose_super_read_only", "OFF"), ("loose_read_only", "OFF"),
        ("loose_relay_log_recovery", "OFF"),
    ]

    /// Neither product's `read_only` binds a client with all rights, as each one is without grant tables.
    ///
    /// A client of MariaDB can still switch its own session to writing.
    private var writeProtection: [(String, String)] {
        guard refusesWrites else { return [] }
        return [identity.isMariaDB ? ("transaction_read_only", "ON") : ("super_read_only", "ON")]
    }

    /// The binary log is the coordinator that decides what becomes of prepared transactions; none of it may expire.
    private var binlog: [(String, String)] {
        let known = FileInventory(identity: identity, variables: variables).binlog
        guard let known else { return [("skip_log_bin", "ON")] }
        return [
            ("log_bin", known.basename), ("log_bin_index", known.index), ("loose_expire_logs_days", "0"),
            ("loose_binlog_expire_logs_seconds", "0"), ("loose_binlog_expire_logs_auto_purge", "OFF"),
            ("loose_max_binlog_total_size", "0"),
        ]
    }

    /// MariaDB keeps its replication in files that hold absolute paths: it is shown none.
    ///
    /// MySQL keeps it in tables, and complains where the relay logs are not found.
    private var replication: [(String, String)] {
        guard identity.isMariaDB else {
            let names = ["relay_log", "relay_log_index"]
            let live = names.compactMap { name in variables[name].map { (name, $0) } }
            // Where the relay logs are not in the copy, the server's own name for them would lead to the live ones.
            let logs = variables["relay_log"] == nil ? [("relay_log", directory.own + "/relay")] : live
            return logs + [("relay_log_purge", "OFF")]
        }
        return [
            ("master_info_file", directory.own + "/master.info"),
            ("relay_log_info_file", directory.own + "/relay-log.info"),
            ("relay_log", directory.own + "/relay"),
        ]
    }

    /// Bytes: the live server's value, but at most 128 MiB.
    private var bufferPool: String {
        let live = variables["innodb_buffer_pool_size"].flatMap { Int($0) }
        return "\(min(live ?? .max, 128 << 20))"
    }

    private var copied: [(String, String)] {
        let known = (Self.programPlaces + Self.demanded).compactMap { name in variables[name].map { (name, $0) } }
        // An empty value differs from an unset one: paths of the system tablespace are then absolute.
        let isAbsolute = variables["innodb_data_file_path"]?.split(separator: ";").contains { $0.isAbsolutePath }
        let home = variables["innodb_data_home_dir"]
        if home != nil || isAbsolute == true { return known + [("innodb_data_home_dir", home ?? "")] }
        return known
    }

    private var keys: [(String, String)] {
        variables.values.filter { name, value in !value.isEmpty && Self.keySettings.contains { name.hasPrefix($0) } }
            .sorted { $0.key < $1.key }.map { ("loose_" + $0.key, $0.value) }
    }

    /// MySQL's InnoDB asks for keys before other plug-ins are loaded (its manual, "Keyring Plugin Installation").
    private func option(loading library: String) -> String {
        !identity.isMariaDB && library.hasPrefix("keyring_") ? "early_plugin_load" : "plugin_load_add"
    }

    /// The whole file.
    var text: String {
        var lines = ["[mysqld]", Self.line("datadir", variables.datadir)]
        for (name, value) in copied + keys + fixed + Self.isolation + writeProtection + binlog + replication {
            lines.append(Self.line(name, value))
        }
        lines += ignoredDatabases.map { Self.line("ignore_db_dirs", $0) }
        lines += plugins.map { Self.line(option(loading: $0), $0) }
        if runsAsRoot { lines.append("user=root") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Backslashes escape in option files, a line ends the value, and "#" starts a comment outside quotes.
    private static func line(_ name: String, _ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\", "\"": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        let isPlain = escaped == value && !value.unicodeScalars.contains { "#' ;".unicodeScalars.contains($0) }
        return "\(name)=" + (isPlain ? value : "\"\(escaped)\"")
    }
}
