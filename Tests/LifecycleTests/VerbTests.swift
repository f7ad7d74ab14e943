import Lifecycle
import TestSupport
import Testing

@Suite struct `The verbs` {
    @Test func `providers are asked in order until one does not decline`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.flush, name: "a") { _ in
            recorder.add("asked a")
            return .declined("not mine")
        }
        harness.hooks.replace(.flush, name: "b") { _ in
            recorder.add("asked b")
            return .done
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(recorder.lines("asked ") == ["a", "b"])
        #expect(!harness.steps.contains("flush"))
    }

    @Test func `a provider that raises never falls through`() async {
        var harness = RunHarness()
        harness.hooks.replace(.archive, name: "restic") { _ in throw Broken() }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.provider == "restic")
        #expect(!harness.steps.contains("archive"))
    }

    @Test func `a step that everybody declines fails the run, naming each reason`() async {
        var hooks = HookTable()
        hooks.provide(.preflight, by: FakeProvider("x") { _ in .declined("no root") })
        var harness = RunHarness()
        harness.hooks = hooks
        let outcome = await harness.run()
        #expect(outcome.failure?.message == #"no provider for step "preflight": x: no root"#)
    }

    @Test(arguments: RunKind.backup.steps)
    func `skip is obeyed where the table allows it and refused elsewhere`(step: StepName) async {
        var harness = RunHarness()
        harness.hooks.before(step) { _ in .skip("not today") }
        let outcome = await harness.run()
        #expect((outcome.ending == .succeeded) == step.rule.allowsSkip)
        #expect(!harness.steps.contains(step.rawValue))
    }

    @Test func `a retry asks this step's hooks again and defers when its attempts are spent`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.before(.flush) { _ in
            recorder.add("asked")
            return .retry("lag 90 s", wait: .milliseconds(1), attempts: 3)
        }
        let outcome = await harness.run()
        #expect(recorder.all.filter { $0 == "asked" }.count == 3)
        #expect(outcome.ending == .deferred)
        #expect(outcome.exitStatus == 75)
        #expect(harness.releases == ["run lock", "session"])
    }

    @Test func `after hooks run in reverse order, and a failing one warns`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.after(.mount) { _, mount in recorder.add("after 1 \(mount.path)") }
        harness.hooks.after(.mount, name: "late") { _, _ in
            recorder.add("after 2")
            throw Broken()
        }
        let outcome = await harness.run()
        #expect(recorder.lines("after ") == ["2", "1 /mnt/data"])
        #expect(outcome.warnings == [#"hook "late": it broke"#])
        #expect(outcome.ending == .succeeded)
    }

    @Test func `filters change a value in order, and a failing one is named`() async throws {
        let filtered = Recorder<String>()
        var harness = RunHarness { name, run in
            guard name == .archive else { return }
            for item in try await run.apply(.archiveExclude, to: ["a"]) { filtered.add(item) }
        }
        harness.hooks.filter(.archiveExclude) { _, list in list + ["b"] }
        harness.hooks.filter(.archiveExclude) { _, list in list + ["c"] }
        #expect(await harness.run().ending == .succeeded)
        #expect(filtered.all == ["a", "b", "c"])

        harness.hooks.filter(.archiveExclude, name: "bad") { _, _ in throw Broken() }
        #expect(await harness.run().failure?.provider == "bad")
    }

    @Test func `a built-in provider completes the result of a hook, and not its own`() async {
        for isReplaced in [false, true] {
            var harness = RunHarness()
            let recorder = harness.recorder
            harness.hooks.provide(.connect, by: Adopting())
            if isReplaced {
                harness.hooks.replace(.connect) { _ in
                    .result(Connection(server: Server(flavour: "mine", version: "1", datadir: "/")))
                }
            }
            harness.hooks.after(.connect) { run, connection in
                recorder.add("saw \(connection.server.flavour) \(run.isPerformedByHook(.connect))")
            }
            #expect(await harness.run().ending == .succeeded)
            #expect(recorder.lines("saw ") == [isReplaced ? "mine, adopted true" : "mariadb false"])
        }
    }

    @Test func `a result that the built-in provider refuses fails the step of the hook`() async {
        var harness = RunHarness()
        harness.hooks.provide(.connect, by: Adopting())
        harness.hooks.replace(.connect, name: "mine") { _ in
            .result(Connection(server: Server(flavour: "", version: "1", datadir: "/")))
        }
        let failure = await harness.run().failure
        #expect(failure?.message == "it broke" && failure?.provider == "mine" && failure?.step == .connect)
    }

    @Test func `a step that cannot be replaced says why`() {
        let fixed = StepName.allCases.filter { !$0.rule.allowsReplace }
        #expect(fixed == [.preflight, .prepare, .publish, .retain, .restore])
        #expect(fixed.allSatisfy { $0.rule.fixedBecause?.isEmpty == false })
    }

    @Test func `a dry run performs the steps up to prepare and prints the rest`() async {
        var harness = RunHarness()
        harness.options.isDryRun = true
        let recorder = harness.recorder
        harness.hooks.on { event in
            if case .message(let message) = event.fact { recorder.add("says \(message.text)") }
        }
        let outcome = await harness.run()
        #expect(outcome.exitStatus == 0)
        #expect(harness.steps == ["preflight", "connect", "locate", "prepare"])
        #expect(recorder.lines("says ").filter { $0 == "would stage" }.count == 9)
        #expect(harness.releases == ["run lock", "session"])
    }

    @Test func `a run that takes too long is ended like a failure`() async {
        let clock = FakeClock()
        var harness = RunHarness { name, _ in
            guard name == .archive else { return }
            clock.pass(9)
            // Until it is cancelled.
            try await Task.sleep(for: .seconds(60))
        }
        harness.clock = clock.clock
        harness.options.timeout = .seconds(9)
        let outcome = await harness.run()
        #expect(outcome.failure?.message == "the run took longer than 9 s")
        #expect(outcome.exitStatus == 1)
        #expect(harness.releases == ["lock", "mount", "snapshot", "run lock", "session"])
    }

    @Test func `a subscriber that is slow hears the latest progress only, and everything else`() async {
        var harness = RunHarness { name, run in
            guard name == .archive else { return }
            for bytes in 1...100 {
                run.progress(Progress(step: .archive, bytes: Int64(bytes), totalBytes: 100, files: 0))
            }
        }
        let recorder = harness.recorder
        harness.hooks.on { event in
            try? await Task.sleep(for: .milliseconds(2))  // not cancelled by anybody
            recorder.add("slow \(event.fact.word)")
        }
        harness.hooks.on { event in recorder.add("quick \(event.fact.word)") }
        _ = await harness.run()
        let slow = recorder.lines("slow ")
        #expect((1..<100).contains(slow.filter { $0 == "progress" }.count))
        // Of these two the latest stands for those before it.
        let whole = { (words: [String]) in words.filter { !["progress", "snapshot_usage"].contains($0) } }
        #expect(whole(slow) == whole(recorder.lines("quick ")))
        #expect(slow.last == "finished")
    }
}

/// Marks what hooks return, and provides nothing itself.
private struct Adopting: StepProvider {
    let name = "adopting"

    func provide(_ run: Run) async throws -> Provision<Connection> { .declined("not mine") }
    func plan(_ run: Run) async throws -> [String] { [] }

    func adopt(_ output: Connection, _ run: Run) async throws -> Connection {
        guard !output.server.flavour.isEmpty else { throw Broken() }
        var output = output
        output.server.flavour += ", adopted"
        return output
    }
}
