import Foundation
import Testing

extension LabTests {
    /// An LVM command dies with its run, and leaves the origin suspended and no snapshot that would tell whose it is.
    @Suite struct ForsakenOrigins {
        @Test(.complete, arguments: ["cleanup", "the next run"])
        func `what was left suspended is resumed by whoever comes next`(next: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/snapshot:entry:stop")
            try await check("dmsetup", "suspend", "lab-mysql")
            try await run.command.die(withGuardian: true)
            let arguments = next == "cleanup" ? ["cleanup"] : [Lab.destination]
            let result = try await Command([Lab.command] + arguments).wait()
            // Whatever failed, the other scenarios are to go on.
            _ = try await Command(["dmsetup", "resume", "lab-mysql"]).wait()
            #expect(result.status == 0, result.report)
            let said =
                next == "cleanup" ? "resumed lab-mysql" : #"a dead run left "lab-mysql" suspended: it is resumed"#
            #expect((result.output + result.errors).contains(said), result.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
            let again = try await Command([Lab.command, "cleanup"]).wait()
            #expect(again.output.contains("no dead run left anything"), again.report)
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
