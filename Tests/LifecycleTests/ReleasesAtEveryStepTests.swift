import Lifecycle
import TestSupport
import Testing

/// The things acquired when a step begins, newest first, as they have to be released if that step fails.
private let acquired: [(step: StepName, releases: [String])] = [
    (.preflight, []),
    (.connect, []),
    (.locate, ["session"]),
    (.prepare, ["session"]),
    (.flush, ["run lock", "session"]),
    (.lock, ["run lock", "session"]),
    (.snapshot, ["lock", "run lock", "session"]),
    (.mount, ["lock", "snapshot", "run lock", "session"]),
    (.recover, ["lock", "mount", "snapshot", "run lock", "session"]),
    (.verify, ["lock", "mount", "snapshot", "run lock", "session"]),
    (.archive, ["lock", "mount", "snapshot", "run lock", "session"]),
    (.publish, ["lock", "mount", "snapshot", "session", "partial", "run lock"]),
]

@Suite struct `Releases, at every step` {
    @Test(arguments: acquired)
    func `a provider that fails leaves nothing acquired`(step: StepName, releases: [String]) async {
        let harness = RunHarness { name, _ in if name == step { throw Broken() } }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.step == step)
        #expect(outcome.failure?.message == "it broke")
        #expect(outcome.exitStatus == 1)
        #expect(harness.releases == releases)
    }

    @Test(arguments: acquired)
    func `a veto leaves nothing acquired`(step: StepName, releases: [String]) async {
        var harness = RunHarness()
        harness.hooks.before(step) { _ in .veto("not on a Sunday") }
        let outcome = await harness.run()
        #expect(outcome.ending == .vetoed)
        #expect(outcome.failure?.message == "not on a Sunday")
        #expect(outcome.exitStatus == 4)
        #expect(harness.releases == releases)
        #expect(!harness.steps.contains(step.rawValue))
    }

    @Test(arguments: acquired)
    func `a hook that fails leaves nothing acquired`(step: StepName, releases: [String]) async {
        var harness = RunHarness()
        harness.hooks.before(step, name: "guard/before") { _ in throw Broken() }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.provider == "guard/before")
        #expect(harness.releases == releases)
    }

    @Test(arguments: acquired)
    func `a cancellation leaves nothing acquired`(step: StepName, releases: [String]) async {
        let reached = AsyncStream.makeStream(of: Void.self)
        let harness = RunHarness { name, _ in
            guard name == step else { return }
            reached.continuation.yield()
            try await Task.sleep(for: .seconds(60))
        }
        let run = Task { await harness.run() }
        for await _ in reached.stream { break }
        run.cancel()
        let outcome = await run.value
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.kind == .cancelled)
        #expect(harness.releases == releases)
    }

    @Test(arguments: RunKind.backup.steps)
    func `finished is the last event of every run`(step: StepName) async {
        let harness = RunHarness { name, _ in if name == step { throw Broken() } }
        _ = await harness.run()
        let events = harness.recorder.lines("event ")
        #expect(events.first == "started")
        #expect(events.last == "finished")
        #expect(events.filter { $0 == "finished" }.count == 1)
    }
}
