import Foundation
import Testing

extension LabTests {
    /// A lock of a site's own, which no session's end undoes, where the function that should release it does not.
    @Suite struct HookLocks {
        private static let options = InstalledHooks.option + ["--no-innodb-recovery", Lab.destination]

        private func isReadOnly(_ host: DatabaseHost) async throws -> Bool {
            try await host.query("SELECT @@global.read_only") == [["1"]]
        }

        @Test(.complete, arguments: [SitePolicies.raises, SitePolicies.hangs, SitePolicies.stuck])
        func `the data form unlocks where the function does not`(call: String) async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are(["10-lock.lua": SitePolicies.lock(call: call)])
            let backup = try await Backup.run(Self.options)
            #expect(try await !isReadOnly(host))
            // Whether it was held all the time is not known.
            #expect(backup.status == 1, backup.report)
            #expect(backup.events("leaked") == [], backup.report)
            // A function gets a second; then comes a session of its own for the statement.
            let unlocking = backup.events("released").first { $0["name"].string == "lock" }
            let seconds = try #require(unlocking?["seconds"].number, backup.report)
            #expect(seconds < 6, backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the data form unlocks where the state was abandoned under the lock`() async throws {
            let host = try await DatabaseHost.with()
            let hook = "backup.before('snapshot', function() \(SitePolicies.stuck) end)"
            try await InstalledHooks.are(["10-lock.lua": SitePolicies.lock(call: SitePolicies.raises) + hook])
            let backup = try await Backup.run(["--max-lock", "2s"] + Self.options)
            #expect(backup.status == 1, backup.report)
            #expect(backup.events("leaked") == [], backup.report)
            #expect(try await !isReadOnly(host))
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [false, true])
        func `guardian or next run unlock what a killed run had locked`(isGuardianKilled: Bool) async throws {
            let host = try await DatabaseHost.with()
            let hook = "backup.before('snapshot', function(run) run:exec { 'sleep', '20' } end)"
            try await InstalledHooks.are(["10-lock.lua": SitePolicies.lock() + hook])
            let before = try await Traces.now()
            let run = try Backup.start(Self.options)
            try await until("the lock is held") { try await isReadOnly(host) || !run.isRunning }
            try await run.die(withGuardian: isGuardianKilled)
            if isGuardianKilled {
                #expect(try await isReadOnly(host))
                let next = try Backup(await Backup.start(["--no-hooks", Lab.destination]).wait())
                #expect(next.status == 0, next.report)
            } else {
                try await Guardians.areDone()
            }
            #expect(try await !isReadOnly(host))
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a lock that nothing releases is told of with what repairs it`() async throws {
            let host = try await DatabaseHost.with()
            let policy = SitePolicies.lock(call: SitePolicies.raises, unlock: "SET GLOBAL read_onyl = 0")
            try await InstalledHooks.are(["10-lock.lua": policy])
            let backup = try Backup(await Backup.start(Self.options).wait())
            #expect(backup.status == 3, backup.report)
            #expect(backup.event("published") == nil)
            #expect(backup.event("leaked")?["leak"]["repair"].string == "set read_only to 0", backup.report)
            #expect(backup.result.errors.contains("repair it with: set read_only to 0"), backup.report)
            #expect(try await isReadOnly(host))
            try await host.query("SET GLOBAL read_only = 0")
            // The next run tries it once more, and says how the record is settled.
            let next = try Backup(await Backup.start(["--no-hooks"] + Self.options).wait())
            #expect(next.status == 0, next.report)
            let record = try #require(
                next.said.firstMatch(of: /rm (\/var\/lib\/lvmbackup\/runs\/\S+Z-\w+)/),
                next.report
            )
            #expect(next.said.contains("mysql -e 'SET GLOBAL read_onyl = 0' && rm \(record.1)"), next.report)
            try await check("rm", String(record.1))
            try await expectAlive(host)
        }
    }
}
