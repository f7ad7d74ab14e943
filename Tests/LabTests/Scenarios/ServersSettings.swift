import Foundation
import Testing

extension LabTests {
    /// Settings of a server that must not change what a backup is worth.
    @Suite struct ServersSettings {
        /// The plan of a host that has a MyISAM table.
        static let plan = ServerProduct.here == .mysql ? "read-lock" : "stage"

        static let persisted = [
            ["event_scheduler = ON"],
            ["init_connect = 'SET @x = 1'", "max_connections = 70", "innodb_flush_log_at_trx_commit = 1"],
            ["super_read_only = OFF", "binlog_expire_logs_seconds = 86400", "innodb_max_dirty_pages_pct = 10"],
        ]

        @Test(.servers(.mysql), arguments: persisted)
        func `a persisted variable does not reach the recovery server`(variables: [String]) async throws {
            let host = try await DatabaseHost.with()
            try await host.setMyISAM(true)
            for variable in variables { try await host.query("SET PERSIST \(variable)") }
            let proof = ServerProof(host: host, plan: Self.plan)
            try await proof.take("SET PERSIST \(variables.joined(separator: ", "))")
            try await host.query("RESET PERSIST")
        }

        /// MySQL 9.7.4 refuses to persist it (error 1238), so that it stands in the option file.
        @Test(.servers())
        func `the server's init_file is not run by the recovery server`() async throws {
            // The host gets a volume of its own on /srv.
            let file = "/var/tmp/init.sql"
            let statements = """
                CREATE DATABASE IF NOT EXISTS started;
                CREATE TABLE IF NOT EXISTS started.times (number int AUTO_INCREMENT PRIMARY KEY);
                INSERT INTO started.times VALUES (NULL);

                """
            try statements.write(toFile: file, atomically: false, encoding: .utf8)
            let host = try await DatabaseHost.fresh(Layout(settings: ["init_file=\(file)"]))
            let times = "SELECT count(*) FROM started.times"
            #expect(try await host.query(times) == [["1"]])
            let backup = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination)
            let set = try backup.set()
            #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            let restored = try await RestoredServer.of(set) { try await $0.query(times) }
            #expect(restored == [["1"]])
            try await check("rm", "-rf", set.directory, file)
            await DatabaseHost.forget()
        }

        /// Values that end, cut short, delay or reformat the answers to a session that does not set its own.
        private static let hostile: [(name: String, value: String)] =
            [
                ("max_join_size", "1"), ("sql_select_limit", "1"), ("group_concat_max_len", "4"), ("wait_timeout", "2"),
                ("interactive_timeout", "2"), ("net_read_timeout", "1"), ("net_write_timeout", "1"),
                ("lock_wait_timeout", "1"), ("innodb_lock_wait_timeout", "1"), ("autocommit", "0"),
                ("sql_mode", "'ANSI,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE'"), ("time_zone", "'+13:00'"),
                ("completion_type", "'RELEASE'"), ("character_set_server", "'ucs2'"), ("lc_messages", "'ja_JP'"),
                ("lc_time_names", "'ja_JP'"), ("sql_safe_updates", "1"), ("sql_auto_is_null", "1"),
                ("max_heap_table_size", "16384"), ("tmp_table_size", "1024"), ("max_sort_length", "8"),
                ("div_precision_increment", "0"), ("max_allowed_packet", "1024"), ("net_buffer_length", "1024"),
                ("long_query_time", "0"), ("slow_query_log", "1"), ("sql_quote_show_create", "0"),
                ("max_length_for_sort_data", "4"), ("max_seeks_for_key", "1"), ("max_error_count", "0"),
            ]
            + (ServerProduct.here == .mariadb
                ? [
                    ("max_statement_time", "0.01"), ("idle_transaction_timeout", "1"),
                    ("tx_isolation", "'SERIALIZABLE'"), ("tx_read_only", "1"), ("tmp_disk_table_size", "1024"),
                    ("max_session_mem_used", "65536"), ("max_recursive_iterations", "0"),
                    ("old_mode", "'NO_PROGRESS_INFO,ZERO_DATE_TIME_CAST'"),
                    ("character_set_collations", "'utf8mb4=utf8mb4_bin'"), ("init_connect", "'SET @x = 1'"),
                    ("wsrep_sync_wait", "15"), ("log_slow_verbosity", "'full'"), ("max_rowid_filter_size", "1024"),
                ]
                : [
                    ("max_execution_time", "1"), ("transaction_isolation", "'SERIALIZABLE'"),
                    ("transaction_read_only", "1"), ("information_schema_stats_expiry", "0"),
                    ("init_connect", "'SET @x = 1'"), ("terminology_use_previous", "'BEFORE_8_2_0'"),
                    ("cte_max_recursion_depth", "0"), ("default_storage_engine", "'MEMORY'"),
                    ("collation_connection", "'utf16_bin'"), ("parser_max_mem_size", "10000000"),
                ])

        @Test(.servers(), arguments: ["first", "none"])
        func `hostile values of global variables change nothing`(kind: String) async throws {
            let host = try await DatabaseHost.with()
            let isLocking = kind == "first"
            try await host.setMyISAM(isLocking)
            var proof = ServerProof(host: host, plan: isLocking ? Self.plan : "none")
            proof.options = ["--lock", proof.plan]
            proof.globals = try await Self.known(host)
            let backup = try await proof.take("hostile globals")
            #expect(backup.events("warning").map { $0["text"].string ?? "" } == [], backup.report)
        }

        /// Those that this release has.
        private static func known(_ host: DatabaseHost) async throws -> [(name: String, value: String)] {
            let names = Set(try await host.query("SHOW GLOBAL VARIABLES").map { $0[0] })
            return hostile.filter { names.contains($0.name) }
        }

        private static let loose = Layout(settings: ["innodb_flush_log_at_trx_commit=0"])

        private func flushSetting(_ host: DatabaseHost) async throws -> String? {
            try await host.query("SELECT @@global.innodb_flush_log_at_trx_commit").first?.first
        }

        @Test(.servers())
        func `the log's flush at commit is put back, and nothing is lost up to the recorded position`() async throws {
            let host = try await DatabaseHost.with(Self.loose)
            try await host.setMyISAM(true)
            let backup = try await ServerProof(host: host, plan: Self.plan).take("innodb_flush_log_at_trx_commit=0")
            #expect(backup.events("warning").isEmpty, backup.report)
            #expect(try await flushSetting(host) == "0")
        }

        @Test(.servers(), arguments: [false, true])
        func `the log's flush at commit is put back after kill -9`(withGuardian: Bool) async throws {
            let host = try await DatabaseHost.with(Self.loose)
            // The run is stopped while it waits for the snapshot: then the variable is 1 on MariaDB, 2 on MySQL.
            try await InstalledHooks.are([
                "30-wait.lua": "backup.before('snapshot', function(run) run:exec { 'sleep', '20' } end)"
            ])
            let options = InstalledHooks.option + ["--socket", DatabaseHost.socket, Lab.destination]
            let run = try Backup.start(options)
            try await until("the variable is not 0") { try await flushSetting(host) != "0" || !run.isRunning }
            try #require(run.isRunning, "the run ended: \(run.output) \(run.errors)")
            try await run.die(withGuardian: withGuardian)
            if withGuardian {
                let cleanup = try await Command([Lab.command, "cleanup"]).wait()
                #expect(cleanup.status == 0, cleanup.report)
            } else {
                try await Guardians.areDone()
            }
            #expect(try await flushSetting(host) == "0")
            let backup = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination)
            #expect(backup.status == 0, backup.report)
            #expect(backup.events("warning").isEmpty, backup.report)
            #expect(try await flushSetting(host) == "0")
        }
    }
}
