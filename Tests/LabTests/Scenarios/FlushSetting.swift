import Foundation
import Testing

extension LabTests {
    /// A server that does not write its redo log at every commit.
    @Suite struct FlushSetting {
        static let layout = Layout(settings: ["innodb_flush_log_at_trx_commit=0"])

        @Test(.complete)
        func `nothing is lost up to the recorded position, and the variable is back`() async throws {
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
        func `the variable is back after a failed run`() async throws {
            var layout = Self.layout
            layout.isFull = true
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run("--snapshot-size", "64M", Lab.destination)
            #expect(backup.status != 0, backup.report)
            #expect(try await setting(on: host) == "0")
        }

        @Test(.complete)
        func `the variable is back after a run that was told to end`() async throws {
            let host = try await DatabaseHost.with(Self.layout)
            let before = try await Traces.now()
            let run = try Backup.start([Lab.destination])
            try await until("the lock is granted") { run.output.contains(#""locked""#) || !run.isRunning }
            run.signal(SIGTERM)
            let backup = try Backup(await run.wait())
            #expect(backup.status == 1, backup.report)
            try await expectNoTraces(since: before)
            #expect(try await setting(on: host) == "0")
            try await expectAlive(host)
        }

        private func setting(on host: DatabaseHost) async throws -> String? {
            try await host.query("SELECT @@global.innodb_flush_log_at_trx_commit").first?.first
        }
    }
}
