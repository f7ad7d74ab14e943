import Foundation
import Testing

extension LabTests {
    /// Devices below an origin, or above it, were left suspended with it: production waits all the same.
    @Suite struct SuspendedStacks {
        @Test(.complete, arguments: ["lab-mysql_corig", "lab-fast_cpool_cdata", "lab-fast_cpool_cmeta"])
        func `the devices below a cached origin are resumed`(device: String) async throws {
            try await expectResumed([device]) {
                """
                modprobe -a dm-cache dm-cache-smq
                lvcreate -q -y --type cache-pool -L 32M -n fast lab
                lvconvert -q -y --type cache --cachepool lab/fast lab/mysql
                """
            }
        }

        @Test(.complete, arguments: ["lab-mysql_rimage_0", "lab-mysql_rmeta_1"])
        func `the devices below a mirrored origin are resumed`(device: String) async throws {
            var layout = Layout()
            layout.isMirrored = true
            try await expectResumed([device], layout)
        }

        @Test(.complete)
        func `other snapshots of the origin are resumed with it, and stay`() async throws {
            try await expectResumed(["lab-mysql", "lab-kept"]) { "lvcreate -q -y -s -L 32M -n kept lab/mysql" }
        }

        @Test(.complete)
        func `a snapshot of another origin stays as it is`() async throws {
            let host = try await fresh(
                changing: "lvcreate -q -y -L 8M -n other lab; lvcreate -q -y -s -L 8M -n kept lab/other"
            )
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/snapshot:entry:stop")
            for device in ["lab-kept", "lab-mysql"] { try await check("dmsetup", "suspend", device) }
            try await run.command.die(withGuardian: true)
            let cleanup = try await Command([Lab.command, "cleanup"]).wait()
            let suspended = try await Traces.now().suspendedDevices
            for device in ["lab-kept", "lab-mysql"] { _ = try await Command(["dmsetup", "resume", device]).wait() }
            #expect(cleanup.status == 0, cleanup.report)
            #expect(suspended == ["lab-kept"], cleanup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private func expectResumed(
            _ devices: [String],
            _ layout: Layout = Layout(),
            preparing: () -> String = { "" }
        ) async throws {
            let host = try await fresh(layout, changing: preparing())
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/snapshot:entry:stop")
            for device in devices { try await check("dmsetup", "suspend", device) }
            try await run.command.die(withGuardian: true)
            let cleanup = try await Command([Lab.command, "cleanup"]).wait()
            // Also after a failure the other scenarios are to go on.
            for device in devices { _ = try await Command(["dmsetup", "resume", device]).wait() }
            #expect(cleanup.status == 0, cleanup.report)
            for device in devices { #expect(cleanup.output.contains("resumed \(device)"), cleanup.report) }
            try await expectNoTraces(since: before)
            let backup = try await Backup.run([Lab.destination])
            #expect(backup.status == 0, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        /// A host whose group is then changed.
        private func fresh(_ layout: Layout = Layout(), changing change: String) async throws -> DatabaseHost {
            let host = try await DatabaseHost.fresh(layout)
            await DatabaseHost.forget()
            try await check("bash", "-e", "-c", change)
            return host
        }
    }
}
