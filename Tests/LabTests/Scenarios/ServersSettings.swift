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

        @Test(.servers(.mysql))
        func `a persisted init_file is not run by the recovery server`() async throws {
            let host = try await DatabaseHost.fresh(Layout(settings: ["secure_file_priv=/tmp"]))
            let marker = "CREATE TABLE shop.from_init_file (id int PRIMARY KEY);\n"
            try marker.write(toFile: "/var/lib/mysql/init.sql", atomically: false, encoding: .utf8)
            try await check("chown", "mysql:", "/var/lib/mysql/init.sql")
            try await host.query("SET PERSIST_ONLY init_file = '/var/lib/mysql/init.sql'")
            let backup = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination)
            let set = try backup.set()
            #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            try await RestoredServer.of(set, ["--skip-log-bin", "--persisted-globals-load=OFF"]) { restored in
                let made = try await restored.query(
                    "SELECT count(*) FROM information_schema.tables WHERE table_name = 'from_init_file'"
                )
                #expect(made == [["0"]])
            }
            await DatabaseHost.forget()
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
            // The run is stopped while it waits for the snapshot: then the variable is 1.
            try await InstalledHooks.are([
                "30-wait.lua": "backup.before('snapshot', function(run) run:exec { 'sleep', '20' } end)"
            ])
            let options = InstalledHooks.option + ["--socket", DatabaseHost.socket, Lab.destination]
            let run = try Backup.start(options)
            try await until("the variable is 1") { try await flushSetting(host) == "1" || !run.isRunning }
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
