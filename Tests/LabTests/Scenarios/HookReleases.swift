import Foundation
import Testing

extension LabTests {
    /// A snapshot and a mount of Lua hooks, where the function that should release them does not.
    @Suite struct HookReleases {
        private static let options = InstalledHooks.option + ["--no-innodb-recovery", Lab.destination]

        private func install(_ call: String, unmount: String = "/run/lab/hooked", more: String = "") async throws {
            let policy = SitePolicies.snapshot(call: call) + SitePolicies.mount(call: call, unmount: unmount)
            try await InstalledHooks.are(["10-hooked.lua": policy + more])
        }

        @Test(.complete, arguments: [SitePolicies.raises, SitePolicies.hangs, SitePolicies.stuck])
        func `the data form releases where the function does not`(call: String) async throws {
            let host = try await DatabaseHost.with()
            try await install(call)
            let backup = try await Backup.run(Self.options)
            _ = try backup.set()
            let released = backup.events("released").compactMap(\.["name"].string)
            #expect(released.contains("snapshot \"\(SitePolicies.snapshotName)\""), backup.report)
            #expect(released.contains("mount of \"/run/lab/hooked\""), backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the data form releases what an abandoned state held`() async throws {
            let host = try await DatabaseHost.with()
            let hook = "backup.after('mount', { timeout = '1s' }, function() \(SitePolicies.stuck) end)"
            try await install(SitePolicies.raises, more: hook)
            let backup = try await Backup.run(Self.options)
            #expect(backup.event("abandoned")?["hook"].string == "hooked/after.mount", backup.report)
            #expect(backup.events("mounted").count == 1)
            #expect(backup.events("leaked") == [])
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [false, true])
        func `guardian or next run release what a killed run held`(isGuardianKilled: Bool) async throws {
            let host = try await DatabaseHost.with()
            try await install(SitePolicies.raises)
            let before = try await Traces.now()
            let run = try Backup.start(Self.options)
            try await until("the copy is mounted") { run.output.contains(#""mounted""#) || !run.isRunning }
            try await run.die(withGuardian: isGuardianKilled)
            if isGuardianKilled {
                #expect(try await Traces.now().volumes.contains(SitePolicies.snapshotName))
                try await expectGoodBackup()
            } else {
                try await Guardians.areDone()
            }
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        // MARK: Leaks

        @Test(.complete, arguments: [2, 3])
        func `a snapshot that nothing releases is told of with what repairs it`(status: Int32) async throws {
            let host = try await DatabaseHost.with()
            let veto = "backup.before('publish', function(run) return run:veto('not today') end)"
            try await install(SitePolicies.raises, more: status == 3 ? veto : "")
            let before = try await Traces.now()
            let run = try Backup.start(Self.options)
            try await until("the copy is mounted") { run.output.contains(#""mounted""#) || !run.isRunning }
            // A process that has the device open keeps lvremove from its work.
            let holder = try Command(["bash", "-c", "exec 3</dev/\(SitePolicies.snapshotName); exec sleep 300"])
            let backup = try Backup(await run.wait())
            try await expectLeak(backup, status: status)
            holder.signal(SIGKILL)
            _ = await holder.wait()
            try await check("bash", "-c", SitePolicies.repairOfSnapshot)
            try await expectGoodBackup()
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a mount that nothing releases ends with the run, and the next run removes its snapshot`() async throws {
            let host = try await DatabaseHost.with()
            try await install(SitePolicies.raises, unmount: "/run/lab/elsewhere")
            let before = try await Traces.now()
            let backup = try Backup(await Backup.start(Self.options).wait())
            try await expectLeak(backup, status: 2)
            #expect(backup.events("leaked").count == 2, backup.report)
            #expect(backup.result.errors.contains("umount /run/lab/elsewhere"), backup.report)
            #expect(try await Traces.now().mounts == before.mounts)
            try await expectGoodBackup()
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private func expectLeak(_ backup: Backup, status: Int32) async throws {
            #expect(backup.status == status, backup.report)
            #expect((backup.event("published") != nil) == (status == 2), backup.report)
            let name = SitePolicies.snapshotName
            let leak = backup.events("leaked").last { $0["leak"]["name"].string?.contains(name) == true }
            #expect(leak?["leak"]["repair"].string == SitePolicies.repairOfSnapshot, backup.report)
            #expect(backup.result.errors.contains("repair it with: \(SitePolicies.repairOfSnapshot)"), backup.report)
            #expect(try await Traces.now().volumes.contains(name))
        }

        /// The next run, without hooks: it does its own work, and has nothing to complain of.
        private func expectGoodBackup() async throws {
            let backup = try Backup(await Backup.start(["--no-hooks", "--no-innodb-recovery", Lab.destination]).wait())
            #expect(backup.status == 0, backup.report)
            let complaints = backup.events("warning").compactMap(\.["text"].string).filter { $0.contains("stale run") }
            #expect(complaints == [], backup.report)
        }
    }
}
