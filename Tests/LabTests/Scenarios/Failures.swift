import Foundation
import Testing

extension LabTests {
    /// Refusals and failures: the status, a message that names the thing, and nothing left behind.
    @Suite struct Failures {
        @Test(.sample)
        func `a destination on the snapshotted volume is refused`() async throws {
            let host = try await DatabaseHost.with()
            let backup = try await Backup.run("/var/lib/mysql/backups")
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("/var/lib/mysql/backups"), backup.report)
            #expect(backup.event("locked") == nil)
            try await expectAlive(host)
        }

        @Test(.sample)
        func `a destination that fills up in mid-archive fails the run`() async throws {
            let host = try await DatabaseHost.with()
            let small = "/srv/small"
            try await check("mkdir", "-p", small)
            try await check("mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", small)
            let before = try await Traces.now()
            let run = try Backup.start([small])
            try await until("the copy is mounted") { run.output.contains(#""mounted""#) || !run.isRunning }
            try await check("fallocate", "-l", "299M", "\(small)/ballast")
            let backup = try Backup(await run.wait())
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "archive", backup.report)
            #expect(backup.said.contains(small), backup.report)
            try await expectNoTraces(since: before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: small) == ["ballast"])
            try await check("umount", small)
            try await expectAlive(host)
        }

        @Test(.sample)
        func `a group without free space fails the run and is named`() async throws {
            var layout = Layout()
            layout.isFull = true
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run(Lab.destination)
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("\"lab\"") || backup.said.contains(#"\"lab\""#), backup.report)
            try await expectAlive(host)
        }

        @Test(.sample)
        func `data that is on no logical volume is refused`() async throws {
            var layout = Layout()
            layout.isPlain = true
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run(Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("/var/lib/mysql"), backup.report)
            #expect(backup.event("locked") == nil)
            try await expectAlive(host)
        }

        @Test(.sample)
        func `a server that is down fails the run`() async throws {
            _ = try await DatabaseHost.with()
            try await check("\(Lab.tools)/database-host", "stop")
            let backup = try await Backup.run(Lab.destination)
            try await check("\(Lab.tools)/database-host", "start")
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "connect", backup.report)
            #expect(backup.said.contains(DatabaseHost.socket), backup.report)
        }

        @Test(.sample)
        func `a wrong password fails the run and is not shown`() async throws {
            let host = try await DatabaseHost.with()
            try await host.query("CREATE OR REPLACE USER probe@localhost IDENTIFIED BY 'right'")
            let file = "/run/lab/wrong.cnf"
            try "[client]\nuser=probe\npassword=wr0ng-secret\n".write(toFile: file, atomically: true, encoding: .utf8)
            let backup = try await Backup.run("--defaults-file", file, Lab.destination)
            try await host.query("DROP USER probe@localhost")
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("probe"), backup.report)
            #expect(!backup.said.contains("wr0ng-secret"))
        }

        @Test(.sample)
        func `a second run on the volume is deferred and told of the first`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let first = try Backup.start([Lab.destination])
            try await until("the copy is mounted") { first.output.contains(#""mounted""#) || !first.isRunning }
            first.signal(SIGSTOP)
            let second = try Backup(try await run(Lab.command, "--json", Lab.destination))
            first.signal(SIGCONT)
            let ended = try Backup(await first.wait())
            #expect(second.status == 75, second.report)
            #expect(second.said.contains("\(first.pid)"), second.report)
            #expect(ended.status == 0, ended.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.sample, arguments: ["mounted", "snapshotted"])
        func `a run that is told to end aborts in good order`(event: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try Backup.start([Lab.destination])
            try await until("the event \(event)") { run.output.contains("\"\(event)\"") || !run.isRunning }
            run.signal(SIGTERM)
            let backup = try Backup(await run.wait())
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("finished")?["outcome"]["ending"].string == "failed", backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the remains of a killed run are gone soon, and the next run succeeds`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try Backup.start([Lab.destination])
            try await until("the copy is mounted") { run.output.contains(#""mounted""#) || !run.isRunning }
            run.signal(SIGKILL)
            _ = await run.wait()
            try await until("the guardian has removed the snapshot", limit: .seconds(120)) {
                let now = try await Traces.now()
                return now.volumes == before.volumes && now.processes == before.processes
            }
            _ = try await Backup.run(Lab.destination).set()
            try await expectAlive(host)
        }
    }
}
