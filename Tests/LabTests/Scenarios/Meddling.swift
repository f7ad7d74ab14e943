import Foundation
import Testing

extension LabTests {
    /// A program that does something to the run's snapshot, or takes its name, at the worst moment.
    @Suite struct Meddling {
        @Test(.complete, arguments: [true, false])
        func `a process that mounts the snapshot, too, is named; the remains are removed by the next run`(
            goesInTime: Bool
        ) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/archive:exit:stop")
            let place = "/srv/meddler"
            try await check("mkdir", "-p", place)
            try await check("mount", "-o", "ro,nouuid,norecovery", "/dev/\(try await snapshot())", place)
            run.command.signal(SIGCONT)
            if goesInTime {
                try await Task.sleep(for: .seconds(3))
                try await check("umount", place)
            }
            let backup = try await run.finish(limit: .seconds(240))
            #expect(backup.event("published") != nil, backup.report)
            #expect(backup.status == (goesInTime ? 0 : 2), backup.report)
            if !goesInTime {
                #expect(backup.events("leaked").contains { "\($0)".contains(place) }, "not named: \(backup.report)")
                #expect(try mounts().contains(place), "somebody else's mount is gone")
                try await check("umount", place)
                let next = try Backup(await Backup.start([Lab.destination]).wait())
                #expect(next.status == 0, next.report)
            }
            try await check("rmdir", place)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private func mounts() throws -> String { try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) }

        @Test(.complete)
        func `a snapshot that somebody removes before it is mounted fails the run, which says so`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/mount:entry:stop")
            try await check("lvremove", "-y", try await snapshot())
            let backup = try await run.finish()
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("does not exist any more"), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a snapshot that is removed just before its run does it is no error`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("command/lvremove:entry:stop")
            try await check("lvremove", "-y", try await snapshot())
            let backup = try await run.finish()
            #expect(backup.status == 0, backup.report)
            #expect(backup.event("published") != nil, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [false, true])
        func `a snapshot that is renamed before it is mounted is removed with its run`(isThin: Bool) async throws {
            var layout = Layout()
            layout.isThin = isThin
            let host = try await DatabaseHost.with(layout)
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/mount:entry:stop")
            let name = try await snapshot()
            try await check("lvrename", name, "lab/renamed")
            let backup = try await run.finish()
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains(name), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a name in use is refused, and a volume that takes it meanwhile is left alone`() async throws {
            let host = try await DatabaseHost.with()
            let make = ["lvcreate", "-y", "-Wn", "-Zn", "-l", "2", "-n", "mysql_snapshot", "lab"]
            try await check(make)
            let refused = try await Backup.run("--snapshot-name", "mysql_snapshot", Lab.destination)
            #expect(refused.status == 78, refused.report)
            #expect(refused.event("locked") == nil, refused.report)
            try await check("lvremove", "-y", "lab/mysql_snapshot")

            let run = try await StoppedRun.at("step/lock:exit:stop", ["--snapshot-name", "mysql_snapshot"])
            try await check(make)
            let before = try await Traces.now()
            let backup = try await run.finish()
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "snapshot", backup.report)
            #expect(backup.said.contains("already exists"), backup.report)
            let now = try await Traces.now()
            #expect(now.volumes == before.volumes)
            #expect(now.suspendedDevices == [])
            try await check("lvremove", "-y", "lab/mysql_snapshot")
            try await expectAlive(host)
        }

        /// The one that a run has at the moment, as "group/name".
        private func snapshot() async throws -> String {
            let list = try await check("lvs", "--noheadings", "-o", "lv_full_name", "-S", "lv_tags=lvmbackup_active")
            return try #require(list.split(separator: "\n").first.map { $0.trimmingCharacters(in: .whitespaces) })
        }
    }
}
