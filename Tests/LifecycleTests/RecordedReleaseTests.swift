import Lifecycle
import TestSupport
import Testing

/// The commands of hooks' releases in the run's record, for the guardian of a killed run.
@Suite struct RecordedReleaseTests {
    private static let snapshot = Release("snapshot", undo: .exec(["remove", "snapshot"]))
    private static let upload = Release("upload", undo: .exec(["remove", "upload"]))

    @Test func `a hook's undo is recorded before it returns, and taken out when it has run`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.before(.lock) { run in
            run.undo(Release("proxy", undo: .exec(["ready"])))
            #expect(recorder.lines("intend ") == ["ready"])
            return .proceed
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(harness.recorder.lines("undo ") == ["ready"])
        #expect(harness.recorder.lines("settle ") == ["ready"])
    }

    @Test(arguments: [StepName.lock, .snapshot, .mount])
    func `the release of a hook's result is recorded, that of a built-in is its own affair`(step: StepName) async {
        var harness = RunHarness()
        let release = Release("thing", undo: .exec(["release", step.rawValue]))
        switch step {
        case .lock: harness.hooks.replace(.lock) { _ in .result(Lock(plan: "p", reason: "r", release: release)) }
        case .snapshot:
            harness.hooks.replace(.snapshot) { _ in .result(Snapshot(name: "s", device: "/dev/s", release: release)) }
        default:
            harness.hooks.replace(.mount) { _ in .result(Mount(path: "/m", mountPoint: "/m", release: release)) }
        }
        _ = await harness.run()
        #expect(harness.recorder.lines("intend ") == ["release \(step.rawValue)"])
        #expect(harness.recorder.lines("undo ") == ["release \(step.rawValue)"])
        #expect(harness.recorder.lines("settle ") == ["release \(step.rawValue)"])
    }

    @Test func `a hook's archive is out of the record before the set gets its name`() async {
        var harness = RunHarness()
        harness.hooks.replace(.archive) { run in
            try run.intendUntilReturn(.exec(["remove", "part"]))
            return .result(ArchivedCopy(location: "remote:x", bytes: 1, files: 1, release: Self.upload))
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        let all = harness.recorder.all.filter { $0 == "step publish" || $0.hasPrefix("settle ") }
        #expect(all == ["settle remove part, remove upload", "step publish"])
        #expect(harness.recorder.lines("undo ").isEmpty)
    }

    @Test func `a hook's archive stays in the record of a run that fails before, until it is removed`() async {
        var harness = RunHarness { step, _ in if step == .publish { throw Broken() } }
        harness.hooks.replace(.archive) { _ in
            .result(ArchivedCopy(location: "remote:x", bytes: 1, files: 1, release: Self.upload))
        }
        let recorder = harness.recorder
        harness.hooks.after(.archive) { _, _ in #expect(recorder.lines("settle ").isEmpty) }
        #expect(await harness.run().ending == .failed)
        #expect(harness.recorder.lines("undo ") == ["remove upload"])
    }

    @Test func `no set is published whose archive cannot be taken out of the record`() async {
        var harness = RunHarness()
        harness.settles = false
        harness.hooks.replace(.archive) { _ in
            .result(ArchivedCopy(location: "remote:x", bytes: 1, files: 1, release: Self.upload))
        }
        #expect(await harness.run().ending == .failed)
        #expect(!harness.steps.contains("publish"))
        #expect(harness.recorder.lines("undo ") == ["remove upload"])
    }

    @Test func `a snapshot that is the backup is out of the record before the set gets its name`() async {
        var harness = RunHarness()
        harness.options.isSnapshotOnly = true
        harness.hooks.replace(.snapshot) { _ in
            .result(Snapshot(name: "s", device: "/dev/s", keep: {}, release: Self.snapshot))
        }
        #expect(await harness.run().ending == .succeeded)
        let all = harness.recorder.all.filter { $0 == "step publish" || $0.hasPrefix("settle ") }
        #expect(all == ["settle remove snapshot", "step publish"])
        #expect(harness.recorder.lines("undo ").isEmpty)
    }

    @Test func `an undo that failed stays in the record`() async {
        var harness = RunHarness()
        harness.undoes = false
        harness.hooks.before(.lock) { run in
            run.undo(Release("proxy", undo: .exec(["ready"])))
            return .proceed
        }
        let outcome = await harness.run()
        #expect(outcome.leaked.map(\.name) == ["proxy"])
        #expect(harness.recorder.lines("settle ").isEmpty)
    }
}
