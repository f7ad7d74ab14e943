import Lifecycle
import Synchronization
import TestSupport
import Testing

/// Runs of other kinds than a backup, on the same engine.
@Suite struct `Kinds of runs` {
    /// A harness for runs with a provider of `restore`, which begin on a set.
    private struct SetHarness {
        var harness = RunHarness()
        var begin: @Sendable (Run) async throws -> Void = { run in
            var set = BackupSet(id: "r0", location: "/b/r0")
            set.host = "db1"
            run.begin(on: SetSubject(set), request: RestoreRequest(target: "/data"), level: "start")
        }

        init(_ kind: RunKind, act: @escaping @Sendable (Run) async throws -> Void = { _ in }) {
            harness.options.kind = kind
            let recorder = harness.recorder
            harness.hooks.provide(.restore, name: "stage") { run in
                recorder.add("step restore")
                try await act(run)
                return Restoration(target: "/data", files: 3, bytes: 4)
            }
        }

        func run() async -> Outcome {
            let recorder = harness.recorder
            var environment = EngineEnvironment(
                host: "db1",
                runID: "r1",
                runUndo: { recorder.add("undo \($0.asCommand(quotedForShell))") },
                intend: { _ in }
            )
            environment.begin = begin
            return await Engine(hooks: harness.hooks, options: harness.options, environment: environment).run()
        }
    }

    @Test(arguments: [(RunKind.restore, "restore"), (.verify, "verify")])
    func `a run goes through the steps of its kind alone`(kind: RunKind, step: String) async {
        let set = SetHarness(kind)
        let outcome = await set.run()
        #expect(outcome.exitStatus == 0)
        #expect(outcome.kind == kind)
        #expect(set.harness.steps == [step])
        #expect(outcome.timings.keys.sorted() == [step])
    }

    @Test(
        arguments: [(.veto("production"), 4), (.defer("later"), 75), (.skip("no"), 1)] as [(Verdict, Int32)]
    )
    func `a verdict before a restore keeps it from being done`(verdict: Verdict, status: Int32) async {
        var set = SetHarness(.restore)
        set.harness.hooks.before(.restore) { _ in verdict }
        let outcome = await set.run()
        #expect(outcome.exitStatus == status)
        #expect(set.harness.steps == [])
    }

    @Test func `hooks know the set and the task before the step, and the numbers after it`() async {
        var set = SetHarness(.restore)
        let recorder = set.harness.recorder
        set.harness.hooks.before(.restore) { run in
            recorder.add("knows \(run.set?.host ?? "") \(run.restore?.target ?? "")")
            return .proceed
        }
        set.harness.hooks.after(.restore) { run, result in
            recorder.add("knows \(result.files) \(run.restoration?.bytes ?? 0)")
        }
        #expect(await set.run().exitStatus == 0)
        #expect(recorder.lines("knows ") == ["db1 /data", "3 4"])
        let events = recorder.lines("event ").filter { ["started", "restored", "finished"].contains($0) }
        #expect(events == ["started", "restored", "finished"])
    }

    @Test func `a run whose beginning fails does no step, and ends as every run does`() async {
        var set = SetHarness(.restore)
        set.begin = { _ in throw Failure(.unsuitable, "there is no such set") }
        let outcome = await set.run()
        #expect(outcome.exitStatus == 78)
        #expect(set.harness.steps == [])
        #expect(set.harness.recorder.lines("event ").last == "finished")
    }

    @Test func `things that a provider acquires in a scope of the run are released after the hooks`() async {
        let set = Mutex<SetHarness?>(nil)
        var made = SetHarness(.restore) { run in
            let recorder = set.withLock { $0?.harness.recorder }
            let scope = ReleaseScope(of: run)
            scope.add(Release("first") { recorder?.add("release first") })
            scope.add(Release("stuck") { throw Broken() })
        }
        let recorder = made.harness.recorder
        made.harness.hooks.after(.restore) { _, _ in recorder.add("release hooks were before") }
        set.withLock { $0 = made }
        let outcome = await made.run()
        #expect(recorder.lines("release ") == ["hooks were before", "first"])
        #expect(outcome.leaked.map(\.name) == ["stuck"])
        #expect(outcome.exitStatus == 2)
    }

    // MARK: A backup that verifies its set

    @Test func `a backup verifies its set after it is published, before older ones are removed`() async {
        var harness = RunHarness()
        harness.options.verifiesSet = true
        #expect(await harness.run().exitStatus == 0)
        #expect(harness.steps.suffix(3) == ["publish", "verify", "retain"])
    }

    @Test(arguments: ["provider", "before", "after"])
    func `a failed verification fails the run, keeps the set, and removes no other`(place: String) async {
        var harness = RunHarness { step, _ in if step == .verify, place == "provider" { throw Broken() } }
        harness.options.verifiesSet = true
        if place == "before" { harness.hooks.before(.verify) { _ in .veto("not today") } }
        if place == "after" { harness.hooks.after(any: .verify, name: "site", failsRun: true) { _ in throw Broken() } }
        let outcome = await harness.run()
        #expect(outcome.exitStatus == 5)
        #expect(outcome.failure?.kind == .unverified)
        #expect(outcome.set != nil)
        #expect(!harness.steps.contains("retain"))
        #expect(!harness.releases.contains("partial"))
    }

    @Test func `a run that is told to stop while it verifies says that the set is not verified`() async {
        let reached = AsyncStream.makeStream(of: Void.self)
        var harness = RunHarness { step, _ in
            guard step == .verify else { return }
            reached.continuation.yield()
            try await Task.sleep(for: .seconds(60))
        }
        harness.options.verifiesSet = true
        let run = Task { [harness] in await harness.run() }
        for await _ in reached.stream { break }
        run.cancel()
        let outcome = await run.value
        #expect(outcome.exitStatus == 5)
        #expect(outcome.set != nil)
    }

    @Test func `without the option verify comes before the archive`() async {
        let harness = RunHarness()
        _ = await harness.run()
        #expect(harness.steps == RunKind.backup.steps.map(\.rawValue))
    }
}
