import Lifecycle
import TestSupport
import Testing

@Suite struct `A provider of the snapshot that knows its moment` {
    /// Waits until the lock's release has been recorded, at most ten seconds.
    private static func awaitRelease(_ recorder: Recorder<String>) async throws {
        for _ in 0..<1000 where !recorder.all.contains("release lock") { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func harness(_ end: @escaping @Sendable () throws -> Void = {}) -> RunHarness {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.snapshot) { run in
            run.snapshotMomentPassed()
            try await Self.awaitRelease(recorder)
            #expect(!run.isLockHeld)
            recorder.add("snapshot is made")
            try end()
            return .result(Snapshot(name: "s", device: "/dev/s", release: Release("snapshot") {}))
        }
        return harness
    }

    @Test func `has the lock released while it is still at work, once, and proven afterwards`() async {
        let harness = harness()
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        let order = harness.recorder.all.filter { ["release lock", "snapshot is made", "proof"].contains($0) }
        #expect(order == ["release lock", "snapshot is made", "proof"])
        #expect(harness.recorder.lines("event ").filter { $0 == "unlocked" }.count == 1)
        #expect(outcome.lockHeldSeconds.map { $0 <= outcome.timings["snapshot"] ?? 0 } == true)
    }

    @Test func `still fails the run where its work fails after that`() async {
        let harness = harness { throw Broken() }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(harness.releases.filter { $0 == "lock" }.count == 1)
        #expect(!harness.steps.contains("mount"))
    }

    @Test func `spoils the run where the lock was lost before its release`() async {
        var harness = harness()
        let recorder = harness.recorder
        let lost = Release("lock", handler: { throw Broken() }, fallback: { recorder.add("release lock") })
        harness.hooks.replace(.lock) { _ in .result(Lock(plan: "p", reason: "r", release: lost)) }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains("may have been lost before the snapshot was complete") == true)
    }
}
