import Foundation
import Testing

extension LabTests {
    /// A run's mounts are its own; those of others are not kept by it.
    @Suite struct OthersMounts {
        @Test(.complete)
        func `a file system that is unmounted beside a run is unmounted for the run, too`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            try await check("mkdir", "-p", "/srv/beside")
            // As systemd has every mount.
            try await check("mount", "--make-shared", "/srv")
            try await check("mount", "-t", "tmpfs", "beside", "/srv/beside")
            let run = try await StoppedRun.at("step/mount:exit:stop")
            func mounts() throws -> String {
                try String(contentsOfFile: "/proc/\(run.command.pid)/mountinfo", encoding: .utf8)
            }
            let during = try mounts()
            let result = try await Command(["umount", "/srv/beside"]).wait()
            let after = try mounts()
            let backup = try await run.finish()
            #expect(result.status == 0, result.report)
            #expect(during.contains(" /srv/beside "))
            #expect(!after.contains(" /srv/beside "))
            #expect(backup.status == 0, backup.report)
            try await check("rmdir", "/srv/beside")
            try await check("mount", "--make-private", "/srv")
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }
    }

    /// A run that is stopped while it has the lock, by a SIGSTOP, a Ctrl-Z or a frozen container: no part of it can
    /// act.
    @Suite struct FrozenRun {
        @Test(.complete, arguments: ["stage", "read-lock"])
        func `the server itself takes the lock from a run that stands still`(plan: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let sets = try publishedSets()
            let watch = try await StallWatch.start()
            let frozen = monotonicSeconds()
            let run = try await StoppedRun.at("step/lock:exit:stop", ["--lock", plan, "--max-lock", "3s"])
            var stall = 0.0
            for _ in 1...20 where stall < 1 { stall = try await watch.longest(after: frozen) ?? 0 }
            let backup = try await run.finish()
            #expect(stall > 1 && stall < 4, "a writer waited \(stall) s: \(backup.report)")
            try await watch.stop()
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("the lock"), backup.report)
            #expect(try publishedSets() == sets)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }
    }
}
