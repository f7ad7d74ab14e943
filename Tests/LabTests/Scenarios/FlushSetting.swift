import Foundation
import Testing

extension LabTests {
    /// A server that does not write its redo log at every commit.
    @Suite struct FlushSetting {
        static let layout = Layout(settings: ["innodb_flush_log_at_trx_commit=0"])

        @Test(.complete)
        func `no transaction is lost up to the recorded position, and the variable is back`() async throws {
            let host = try await DatabaseHost.with(Self.layout)
            let (backup, load) = try await underLoad { try await Backup.run(Lab.destination) }
            let set = try backup.set()
            #expect(try await setting(on: host) == "0")
            try await RestoredServer.of(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb", "myisam"])
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        @Test(.complete)
        func `the variable is back after an lvcreate that failed under the lock`() async throws {
            let host = try await DatabaseHost.fresh(Self.layout)
            let before = try await Traces.now()
            // Keeps the read lock waiting until the group has no room any more.
            let obstacle = try Command([
                "mariadb", "--no-defaults", "-e", "LOCK TABLES shop.orders WRITE; DO SLEEP(120)",
            ])
            let obstacles = "SELECT id FROM information_schema.processlist WHERE info = 'DO SLEEP(120)'"
            try await until("the obstacle is there") { try await !host.query(obstacles).isEmpty }
            let run = try Backup.start(["--lock", "read-lock", "--skip-extra-flush-tables", Lab.destination])
            try await until("the lock is waited for") { run.output.contains(#""step":"lock""#) || !run.isRunning }
            try await check("lvcreate", "-q", "-y", "-n", "ballast", "-l", "100%FREE", "lab")
            let watch = try watchForChange()
            let id = try #require(try await host.query(obstacles).first?.first)
            try await host.query("KILL \(id)")
            _ = await obstacle.wait()
            let backup = try Backup(await run.wait())
            #expect(await watch.wait().status == 0, "the variable was never 1")
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "snapshot", backup.report)
            try await check("lvremove", "-q", "-y", "lab/ballast")
            try await expectNoTraces(since: before)
            #expect(try await setting(on: host) == "0")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the variable is back after a run that was told to end under the lock`() async throws {
            let host = try await DatabaseHost.with(Self.layout)
            let before = try await Traces.now()
            let watch = try watchForChange()
            let run = try Backup.start([Lab.destination])
            #expect(await watch.wait().status == 0, "the variable was never 1")
            run.signal(SIGTERM)
            let backup = try Backup(await run.wait())
            #expect(backup.status == 1, backup.report)
            try await expectNoTraces(since: before)
            #expect(try await setting(on: host) == "0")
            try await expectAlive(host)
        }

        /// A client that ends as soon as the variable is 1: then the lock is held.
        private func watchForChange() throws -> Command {
            try Command([
                "mariadb", "--no-defaults", "--delimiter=//", "-e",
                """
                BEGIN NOT ATOMIC
                  DECLARE looks int DEFAULT 0;
                  WHILE @@global.innodb_flush_log_at_trx_commit = 0 DO
                    DO SLEEP(0.005);
                    SET looks = looks + 1;
                    IF looks > 12000 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'never'; END IF;
                  END WHILE;
                END
                """,
            ])
        }

        private func setting(on host: DatabaseHost) async throws -> String? {
            try await host.query("SELECT @@global.innodb_flush_log_at_trx_commit").first?.first
        }
    }
}
