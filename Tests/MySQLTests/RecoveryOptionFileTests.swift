import Lifecycle
import Testing

@testable import MySQL

@Suite struct RecoveryOptionFileTests {
    private func text(_ version: String, _ variables: [String: String], plugins: [String] = [], root: Bool = false)
        throws -> [String]
    {
        let file = RecoveryOptionFile(
            directory: RecoveryDirectory(path: "/run/lvmbackup-abc"),
            identity: try ServerIdentity(version: version, comment: ""),
            variables: ServerVariables(variables),
            plugins: plugins,
            runsAsRoot: root
        )
        return file.text.split(separator: "\n").map(String.init)
    }

    private static let live = [
        "datadir": "/var/lib/mysql/", "innodb_page_size": "65536",
        "innodb_data_file_path": "ibd1:10M;ibd2:10M:autoextend",
        "innodb_buffer_pool_size_max": "268435456", "innodb_use_native_aio": "OFF", "log_bin": "ON",
        "log_bin_basename": "/var/lib/mysql/binlog", "log_bin_index": "/var/lib/mysql/binlog.index",
        "socket": "/run/mysqld/mysqld.sock", "log_error": "/var/log/mysql/error.log", "init_file": "/etc/init.sql",
        "port": "3306", "wsrep_provider": "/usr/lib/galera.so", "general_log_file": "/var/log/mysql/general.log",
        "innodb_undo_directory": "",
    ]

    @Test func `settings that the data's format requires are taken over`() throws {
        let lines = try text("10.11.19-MariaDB", Self.live)
        #expect(lines.first == "[mysqld]")
        for line in [
            "datadir=/var/lib/mysql", "innodb_page_size=65536",
            "innodb_data_file_path=\"ibd1:10M;ibd2:10M:autoextend\"", "innodb_buffer_pool_size_max=268435456",
            "innodb_use_native_aio=OFF", "log_bin=/var/lib/mysql/binlog", "log_bin_index=/var/lib/mysql/binlog.index",
        ] {
            #expect(lines.contains(line))
        }
        #expect(!lines.contains { $0.hasPrefix("innodb_undo_directory") })
    }

    /// As `my_print_defaults` reads them.
    @Test(arguments: [
        ("/a b", #""/a b""#), ("/a#b", #""/a#b""#), ("/a'b", #""/a'b""#), (#"/a"b#c"#, #""/a\"b#c""#),
        (#"/a\b"#, #""/a\\b""#), ("/a\nport=1", #""/a\nport=1""#), ("/a\tb\rc", #""/a\tb\rc""#),
        ("/a\\\u{301}", "\"/a\\\\\u{301}\""),
    ])
    func `a path is written so that the server reads the same`(path: String, written: String) throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": path])
        #expect(lines[1] == "datadir=" + written)
        #expect(!lines.contains("port=1"))
    }

    @Test func `production cannot be reached`() throws {
        let lines = try text("10.11.19-MariaDB", Self.live)
        for word in ["/run/mysqld", "/var/log", "init.sql", "galera", "port="] {
            #expect(!lines.contains { $0.contains(word) })
        }
        for line in [
            "socket=/run/lvmbackup-abc/server/sock", "skip_networking=ON",
            "secure_file_priv=/run/lvmbackup-abc/server/tmp",
            "skip_grant_tables=ON", "loose_skip_slave_start=ON", "loose_event_scheduler=OFF",
            "master_info_file=/run/lvmbackup-abc/server/master.info", "loose_binlog_expire_logs_seconds=0",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test func `with the binary log off there is none`() throws {
        let lines = try text("8.0.36", ["datadir": "/d", "log_bin": "OFF"])
        #expect(lines.contains("skip_log_bin=ON"))
        #expect(!lines.contains { $0.hasPrefix("log_bin") || $0.hasPrefix("master_info_file") })
    }

    @Test func `absolute paths of the system tablespace need an empty home directory`() throws {
        let lines = try text(
            "8.0.36",
            ["datadir": "/d", "innodb_data_file_path": "/ssd/a:10M", "innodb_data_home_dir": ""]
        )
        #expect(lines.contains("innodb_data_home_dir="))
    }

    @Test(arguments: [("67108864", "67108864"), ("17179869184", "134217728")])
    func `the buffer pool is small, and never larger than the live server's`(live: String, own: String) throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": "/d", "innodb_buffer_pool_size": live])
        #expect(lines.contains("innodb_buffer_pool_size=" + own))
    }

    @Test func `MySQL finds its relay logs where the copy has them`() throws {
        let lines = try text("8.4.0", ["datadir": "/d", "relay_log": "/d/relay", "relay_log_index": "/d/relay.index"])
        #expect(lines.contains("relay_log=/d/relay"))
        #expect(lines.contains("relay_log_purge=OFF"))
    }

    @Test func `without relay logs in the copy MySQL gets a private name for new ones`() throws {
        let lines = try text("8.4.0", ["datadir": "/d"])
        #expect(lines.contains("relay_log=/run/lvmbackup-abc/server/relay"))
        #expect(!lines.contains { $0.hasPrefix("relay_log_index") })
    }

    /// Persisted variables of the copy beat the option file, unless they are not loaded.
    @Test(arguments: ["8.0.36", "8.4.0", "9.7.4", "10.11.19-MariaDB"])
    func `no setting of the copy reaches the server`(version: String) throws {
        var live = Self.live
        for name in [
            "init_connect", "init_slave", "init_replica", "plugin_load", "plugin_load_add", "early_plugin_load",
            "group_replication_local_address", "ndb_connectstring", "rpl_semi_sync_source_enabled", "audit_log_file",
            "server_audit_file_path", "log_error_services", "secure_log_path", "slow_query_log_file", "report_host",
            "admin_address", "mysqlx_socket", "read_only", "super_read_only", "event_scheduler", "general_log",
        ] { live[name] = "of-production" }
        let lines = try text(version, live)
        #expect(!lines.contains { $0.contains("of-production") })
        for line in [
            "loose_persisted_globals_load=OFF", "loose_upgrade=NONE", "loose_ndbcluster=OFF",
            "loose_log_error_services=\"log_filter_internal; log_sink_internal\"",
        ] {
            #expect(lines.contains(line))
        }
    }

    @Test func `settings of key plug-ins are taken over`() throws {
        let lines = try text(
            "10.11.19-MariaDB",
            ["datadir": "/d", "file_key_management_filename": "/k", "hashicorp_key_management_vault_url": "https://v"]
        )
        #expect(lines.contains("loose_file_key_management_filename=/k"))
        #expect(lines.contains("loose_hashicorp_key_management_vault_url=https://v"))
        let mysql = try text("8.0.36", ["datadir": "/d", "keyring_file_data": "/k"], plugins: ["keyring_file.so"])
        #expect(mysql.contains("early_plugin_load=keyring_file.so"))
        #expect(mysql.contains("loose_keyring_file_data=/k"))
    }

    @Test func `plug-ins for engines and encryption are loaded`() throws {
        let lines = try text("10.11.19-MariaDB", ["datadir": "/d"], plugins: ["ha_rocksdb.so"], root: true)
        #expect(lines.contains("plugin_load_add=ha_rocksdb.so"))
        #expect(lines.contains("user=root"))
    }
}
