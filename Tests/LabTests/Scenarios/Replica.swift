import Foundation
import Testing

extension LabTests {
    /// The policy of `examples/stop-replica`, on a real replica of a real source that is written to.
    @Suite struct Replica {
        private static let options = InstalledHooks.option + [Lab.destination]

        private func install(underLock: String) async throws {
            try await InstalledHooks.are([
                "20-stop-replica.lua": InstalledHooks.shipped("examples/stop-replica/20-stop-replica.lua"),
                "30-other.lua": "backup.before('snapshot', function(run) \(underLock) end)",
            ])
        }

        private func isRunning(_ host: DatabaseHost) async throws -> Bool {
            try await host.query("SHOW GLOBAL STATUS LIKE 'Slave_running'").first?.last == "ON"
        }

        /// Waits until the replica has something, and runs `body` while its source is written to.
        private func whileReplicating<Value: Sendable>(
            _ host: DatabaseHost,
            _ source: ReplicationSource,
            _ body: () async throws -> Value
        ) async throws -> Value {
            let load = try source.startLoad()
            let made =
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'site' AND table_name = 'entry'"
            try await until("the replica has the table") { try await host.query(made) == [["1"]] }
            try await until("the replica has rows") {
                try await host.query("SELECT count(*) > 0 FROM site.entry") == [["1"]]
            }
            let value = try await body()
            try await source.query("INSERT INTO site.stop VALUES (1)")
            let ended = await load.wait(limit: .seconds(60))
            #expect(ended.status == 0, ended.report)
            return value
        }

        @Test(.complete)
        func `the SQL thread stands still under the lock, and the source's coordinates are exact`() async throws {
            let host = try await DatabaseHost.fresh()
            let status = "run:sql('SHOW ALL SLAVES STATUS')[1]"
            try await install(underLock: "log.info('SQL thread runs: ' .. \(status).Slave_SQL_Running)")
            try await ReplicationSource.of(host) { source in
                let backup = try await whileReplicating(host, source) { try await Backup.run(Self.options) }
                let set = try backup.set()
                #expect(backup.said.contains("SQL thread runs: No"), backup.report)
                #expect(try await isRunning(host))
                let channel = try #require(set.manifest["coordinates"]["channels"].elements.first)
                let file = try #require(channel["executed"]["file"].string)
                let position = try #require(channel["executed"]["position"].number)
                let content = "SELECT count(*), sum(crc32(concat(id, note))) FROM site.entry"
                let end = try await source.query(content)
                try await RestoredServer.of(set) { restored in
                    #expect(try await restored.query(content) != end)
                    try await source.replay(from: file, Int(position), into: restored)
                    #expect(try await restored.query(content) == end)
                }
            }
        }

        @Test(.complete)
        func `it runs again after a deferred run, an lvcreate that failed, and a run that was killed`() async throws {
            let host = try await DatabaseHost.fresh()
            try await ReplicationSource.of(host) { source in
                try await whileReplicating(host, source) {
                    try await expectPatience(host, source)
                    try await expectRunningAfterFailure(host)
                    try await expectRunningAfterDeath(host, withGuardian: false)
                    try await expectRunningAfterDeath(host, withGuardian: true)
                }
            }
        }

        /// A temporary table of a statement that was replicated would be lost with the copy's threads.
        private func expectPatience(_ host: DatabaseHost, _ source: ReplicationSource) async throws {
            try await install(underLock: "")
            let file = "/run/lab/replica.toml"
            let options = "[hooks.stop-replica]\nattempts = 2\npause = \"1s\"\n"
            try options.write(toFile: file, atomically: false, encoding: .utf8)
            let holder = try source.startSession(
                "SET binlog_format = 'STATEMENT'; CREATE TEMPORARY TABLE site.scratch (id int); DO SLEEP(25)"
            )
            let count = "SHOW GLOBAL STATUS LIKE 'Slave_open_temp_tables'"
            try await until("the replica has the temporary table") { try await host.query(count).first?.last == "1" }
            let backup = try await Backup.run(["-c", file] + Self.options)
            #expect(backup.status == 75, backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            #expect(backup.said.contains("the replica has open temporary tables"), backup.report)
            #expect(try await isRunning(host))
            #expect(await holder.wait().status == 0)
            try await until("the temporary table is gone") { try await host.query(count).first?.last == "0" }
        }

        private func expectRunningAfterFailure(_ host: DatabaseHost) async throws {
            try await install(
                underLock: "run:exec { 'lvcreate', '-q', '-y', '-n', 'ballast', '-l', '100%FREE', 'lab' }"
            )
            let backup = try await Backup.run(Self.options, keeping: ["lab/ballast"])
            try await check("lvremove", "-q", "-y", "lab/ballast")
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "snapshot", backup.report)
            #expect(backup.events("released").contains { $0["name"].string == "the replica's SQL thread" })
            #expect(try await isRunning(host))
        }

        private func expectRunningAfterDeath(_ host: DatabaseHost, withGuardian: Bool) async throws {
            try await install(underLock: "run:exec { 'sleep', '20' }")
            let run = try Backup.start(Self.options)
            try await until("the replica stands still") { try await !isRunning(host) || !run.isRunning }
            try await run.die(withGuardian: withGuardian)
            if withGuardian {
                #expect(try await !isRunning(host))
                let cleanup = try await Command([Lab.command, "cleanup"]).wait()
                #expect(cleanup.status == 0, cleanup.report)
            } else {
                try await Guardians.areDone()
            }
            #expect(try await isRunning(host))
        }
    }
}
