import Foundation
import Testing

extension LabTests {
    /// Disks that fail or stall below the copy or the destination.
    @Suite struct BadDisks {
        @Test(.complete)
        func `read errors of the copy fail the run, which says where`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let sets = try publishedSets()
            let run = try await StoppedRun.at("step/archive:entry:stop")
            let name = try #require(
                try await check("lvs", "--noheadings", "-o", "vg_name,lv_name", "-S", "lv_tags=lvmbackup_active")
                    .split(separator: " ").last?.trimmingCharacters(in: .whitespacesAndNewlines)
            )
            let device = "lab-" + name.replacing("-", with: "--")
            // From here on; what is in the page cache is read again.
            let size = try await check("blockdev", "--getsz", "/dev/mapper/\(device)")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            try await check("dmsetup", "reload", device, "--table", "0 \(size) error")
            try await check("dmsetup", "resume", device)
            try await check("bash", "-c", "echo 3 > /proc/sys/vm/drop_caches")
            let backup = try await run.finish()
            #expect(backup.status == 1, backup.report)
            let message = backup.event("failed")?["failure"]["message"].string ?? ""
            #expect(message.contains("Input/output error"), backup.report)
            #expect(message.contains("/run/lvmbackup/"), "not where: \(backup.report)")
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            #expect(try publishedSets() == sets)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a destination that fails is named, and nothing is published there`() async throws {
            let host = try await DatabaseHost.with()
            let far = try await FarDestination.make()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/archive:entry:stop", in: far.mountPoint)
            try await far.disk.fail()
            let backup = try await run.finish()
            // Whether the unfinished set can be removed there depends on what the file system has noticed.
            #expect(backup.status == (backup.event("leaked") == nil ? 1 : 3), backup.report)
            #expect(backup.said.contains(far.mountPoint), backup.report)
            #expect(backup.said.contains("Input/output error") || backup.said.contains("Read-only"), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
            try await far.remove()
        }

        @Test(.complete)
        func `a destination that stalls keeps neither the snapshot nor the mount`() async throws {
            let host = try await DatabaseHost.with()
            let far = try await FarDestination.make()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/archive:entry:stop", ["--timeout", "30s"], in: far.mountPoint)
            try await far.disk.stall()
            run.command.signal(SIGCONT)
            // The archive's writer is in the kernel, and stays there.
            try await until("the snapshot is gone", limit: .seconds(120)) {
                try await Traces.now().volumes == before.volumes
            }
            try await expectAlive(host)
            try await until("the run has said how it ended", limit: .seconds(90)) {
                run.command.output.contains(#""finished""#)
            }
            try await far.disk.goOn()
            let backup = try await run.finish()
            // Whether the unfinished set can be removed there depends on what the file system has noticed.
            #expect(backup.status == (backup.event("leaked") == nil ? 1 : 3), backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectNoTraces(since: before)
            try await far.remove()
        }
    }
}
