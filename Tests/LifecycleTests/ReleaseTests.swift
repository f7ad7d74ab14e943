import Lifecycle
import TestSupport
import Testing

@Suite struct `Releases, in general` {
    /// A word that is shown to be pasted must stay one word, also where an accent forms one character with a quote.
    @Test(arguments: [
        ("a/b-c", "a/b-c"), ("", "''"), ("a b", "'a b'"), ("a'b", #"'a'\''b'"#), ("'\u{301};x", "''\\''\u{301};x'"),
    ])
    func `words are quoted for a shell`(word: String, quoted: String) { #expect(quotedForShell(word) == quoted) }

    @Test func `a successful run unlocks right after the snapshot and removes it before publishing`() async {
        let harness = RunHarness()
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.exitStatus == 0)
        #expect(
            harness.recorder.all.filter { !$0.hasPrefix("event ") } == [
                "step preflight", "step connect", "step locate", "step prepare", "step flush", "step lock",
                "step snapshot", "release lock", "proof", "step mount", "step recover", "step verify", "read-only",
                "step archive",
                "check", "release mount", "release snapshot", "release session", "step publish", "step retain",
                "release run lock",
            ]
        )
    }

    @Test func `an undo registered before the unlock runs right after it`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.before(.lock) { run in
            run.undo(Release("replica") { recorder.add("release replica") })
            return .proceed
        }
        _ = await harness.run()
        #expect(Array(harness.releases.prefix(2)) == ["lock", "replica"])
    }

    @Test func `a release that is to be last runs after all others, whenever it was registered`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.before(.preflight) { run in
            run.undoAtEnd(Release("first") { recorder.add("release first") })
            run.undo(Release("early") { recorder.add("release early") })
            return .proceed
        }
        harness.hooks.before(.archive) { run in
            run.undoLast(Release("guardian") { recorder.add("release guardian") })
            return .veto("enough")
        }
        _ = await harness.run()
        #expect(Array(harness.releases.suffix(4)) == ["run lock", "session", "first", "guardian"])
    }

    @Test func `a release falls back from its function to its data to the built-in`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.before(.flush) { run in
            run.undo(
                Release("thing", undo: .exec(["repair", "it now"]), handler: { throw Broken() })
            )
            return .veto("enough")
        }
        let outcome = await harness.run()
        #expect(recorder.lines("undo ") == ["repair 'it now'"])
        #expect(outcome.leaked.isEmpty)
        #expect(outcome.suppressed.map(\.message) == ["cannot release thing: it broke"])
        #expect(outcome.exitStatus == 4)
    }

    @Test func `a thing that no part releases is reported with the command that repairs it`() async {
        var harness = RunHarness()
        harness.hooks.before(.flush) { run in
            run.undo(Release("thing", repair: "umount /mnt", handler: { throw Broken() }, fallback: { throw Broken() }))
            return .veto("enough")
        }
        let outcome = await harness.run()
        #expect(outcome.leaked.map(\.repair) == ["umount /mnt"])
        #expect(outcome.exitStatus == 3)
        #expect(harness.recorder.lines("event ").contains("leaked"))
    }

    @Test func `a snapshot that cannot be removed does not spoil the set`() async {
        var harness = RunHarness()
        harness.hooks.replace(.snapshot) { _ in
            .result(Snapshot(name: "s", device: "/d", release: Release("snapshot", handler: { throw Broken() })))
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.exitStatus == 2)
        #expect(outcome.leaked.map(\.name) == ["snapshot"])
    }

    @Test func `a part that hangs is left behind after its deadline`() async {
        var harness = RunHarness()
        harness.hooks.before(.flush) { run in
            let hang: @Sendable () async throws -> Void = { await withCheckedContinuation { hold($0) } }
            run.undo(Release("thing", deadline: .milliseconds(50), handler: hang, fallback: {}))
            return .veto("enough")
        }
        let outcome = await harness.run()
        #expect(outcome.leaked.isEmpty)
        #expect(outcome.suppressed.map(\.message) == ["cannot release thing: no answer within 0.05 s"])
    }

    @Test func `a kept snapshot is not released, and only publishing keeps it`() async {
        var harness = RunHarness()
        harness.options.isSnapshotOnly = true
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(harness.releases == ["lock", "run lock", "session"])
        #expect(!harness.steps.contains("archive"))

        var failing = RunHarness { name, _ in if name == .publish { throw Broken() } }
        failing.options.isSnapshotOnly = true
        _ = await failing.run()
        #expect(failing.releases == ["lock", "snapshot", "run lock", "session"])
    }

    @Test func `a step that fails over a snapshot that has gone bad names the snapshot`() async {
        var harness = RunHarness { name, _ in if name == .archive { throw Broken(description: "input/output error") } }
        harness.hooks.replace(.snapshot) { _ in
            .result(
                Snapshot(
                    name: "s",
                    device: "/d",
                    check: { throw Broken(description: "it is full") },
                    release: Release("s") {}
                )
            )
        }
        let outcome = await harness.run()
        #expect(outcome.failure?.message == "it is full")
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.suppressed.map(\.message).contains("input/output error"))
    }

    @Test func `the watch of the snapshot asks nothing after it was released`() async {
        let clock = FakeClock()
        var harness = RunHarness { name, _ in
            guard name == .archive else { return }
            for _ in 0..<5 { try await clock.passToNextAlarm() }
        }
        harness.clock = clock.clock
        let recorder = harness.recorder
        harness.hooks.replace(.snapshot) { _ in
            .result(
                Snapshot(
                    name: "s",
                    device: "/d",
                    check: {},
                    usage: {
                        recorder.add("usage")
                        return 0.5
                    },
                    release: Release("s") { recorder.add("release s") }
                )
            )
        }
        let outcome = await harness.run()
        let all = recorder.all
        #expect(all.contains("usage"))
        #expect(all.lastIndex(of: "usage") ?? 0 < all.firstIndex(of: "release s") ?? 0)
        #expect(outcome.warnings == [])
    }

    @Test func `a failing retain is a warning`() async {
        let harness = RunHarness { name, _ in if name == .retain { throw Broken() } }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings == ["retain: it broke"])
    }
}

/// Keeps a continuation without ever resuming it: the operation hangs.
private func hold(_ continuation: CheckedContinuation<Void, Never>) {
    Task.detached {
        try? await Task.sleep(for: .seconds(3600))  // bounded only so that the runtime does not report a leak
        continuation.resume()
    }
}
