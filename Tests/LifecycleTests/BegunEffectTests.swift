import Lifecycle
import TestSupport
import Testing

@Suite struct `A begun effect of a hook` {
    private static let undo = Release.Undo.exec(["remove", "it"])

    @Test(arguments: [StepName.flush, .lock, .snapshot, .mount, .archive])
    func `is undone where it fails, in every step`(step: StepName) async {
        let harness = RunHarness { name, run in
            guard name == step else { return }
            try run.intendUntilReturn(Self.undo)
            throw Broken()
        }
        let outcome = await harness.run()
        #expect(outcome.failure?.message == "it broke")
        #expect(harness.recorder.lines("undo ") == ["remove it"])
        #expect(harness.recorder.lines("intend ") == ["remove it"])
    }

    @Test func `is undone where a hook before a step fails`() async {
        var harness = RunHarness()
        harness.hooks.before(.mount) { run in
            try run.intendUntilReturn(Self.undo)
            throw Broken()
        }
        _ = await harness.run()
        #expect(harness.recorder.lines("undo ") == ["remove it"])
    }

    @Test func `is left to its release where it returns one, and to itself where it returns`() async {
        var harness = RunHarness { name, run in
            if name == .snapshot || name == .lock { try run.intendUntilReturn(Self.undo) }
        }
        harness.hooks.before(.lock) { run in
            try run.intendUntilReturn(Self.undo)
            return .proceed
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(harness.recorder.lines("intend ").count == 3)
        #expect(harness.recorder.lines("undo ").isEmpty)
    }
}
