import Foundation
import Testing

extension LabTests {
    /// An LVM command dies with its run, and leaves the origin suspended and no snapshot that would tell whose it is.
    @Suite struct SuspendedOrigins {
        @Test(.complete, arguments: ["cleanup", "the next run"])
        func `a suspended origin is resumed by the next run or cleanup`(next: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/snapshot:entry:stop")
            try await check("dmsetup", "suspend", "lab-mysql")
            try await run.command.die(withGuardian: true)
            let arguments = next == "cleanup" ? ["cleanup"] : ["-v", Lab.destination]
            let result = try await Command([Lab.command] + arguments).wait()
            // Also after a failure the other scenarios are to go on.
            _ = try await Command(["dmsetup", "resume", "lab-mysql"]).wait()
            #expect(result.status == 0, result.report)
            let said =
                next == "cleanup" ? "resumed lab-mysql" : #"a stale run left "lab-mysql" suspended: it is resumed"#
            #expect((result.output + result.errors).contains(said), result.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
            let again = try await Command([Lab.command, "cleanup"]).wait()
            #expect(again.output.contains("nothing to clean up"), again.report)
        }

        @Test(.complete)
        func `a device that cannot be resumed is left behind, says the run, and cleanup resumes it`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            try await replaceRemoval(killing: "$$")
            let run = try Command(
                [Lab.product("lvmbackup"), "--json", Lab.destination],
                environment: ["LVMBACKUP_FAULT": "command/dmsetup:entry:fail"]
            )
            let backup = try Backup(await run.wait(limit: .seconds(300)))
            try await check("rm", Self.removal)
            let cleanup = try await Command([Lab.command, "cleanup"]).wait()
            _ = try await Command(["dmsetup", "resume", "lab-mysql"]).wait()
            #expect(backup.status == 2, backup.report)
            #expect(backup.said.contains(#"origin "lab/mysql""#), backup.report)
            #expect(cleanup.output.contains("resumed lab-mysql"), cleanup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `an origin that a killed cleanup left suspended is resumed by the next one`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/mount:entry:stop")
            try await run.command.die(withGuardian: true)
            try await replaceRemoval(killing: "$PPID $$")
            let first = try await Command([Lab.command, "cleanup"]).wait()
            try await check("rm", Self.removal)
            let between = try await Traces.now()
            let second = try await Command([Lab.command, "cleanup"]).wait()
            _ = try await Command(["dmsetup", "resume", "lab-mysql"]).wait()
            #expect(first.status != 0, first.report)
            #expect(between.volumes == before.volumes)
            #expect(between.suspendedDevices == ["lab-mysql"])
            #expect(second.status == 0, second.report)
            #expect(second.output.contains("resumed lab-mysql"), second.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private static let removal = "/usr/local/sbin/lvremove"

        /// From now on lvremove does its work, leaves the origin suspended, and has a sudden end.
        private func replaceRemoval(killing processes: String) async throws {
            let text = """
                #!/bin/bash
                /usr/sbin/lvremove "$@" || exit
                dmsetup suspend lab-mysql
                kill -KILL \(processes)
                """
            try await check("mkdir", "-p", "/usr/local/sbin")
            try text.write(toFile: Self.removal, atomically: true, encoding: .utf8)
            try await check("chmod", "755", Self.removal)
        }

        @Test(.complete)
        func `the guardian resumes it within seconds`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/snapshot:entry:stop")
            try await check("dmsetup", "suspend", "lab-mysql")
            try await run.command.die(withGuardian: false)
            try await Guardians.areDone()
            let suspended = try await Traces.now().suspendedDevices
            _ = try await Command(["dmsetup", "resume", "lab-mysql"]).wait()
            #expect(suspended == [])
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }
    }
}
