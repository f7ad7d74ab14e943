import Lifecycle
import Testing

/// What has been acquired when a step begins, newest first, as it has to be released if that step does not succeed.
private let acquired: [(step: StepName, releases: [String])] = [
    (.preflight, []),
    (.connect, []),
    (.locate, ["session"]),
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
        let stage = Stage { name, _ in if name == step { throw Broken() } }
        let outcome = await stage.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.step == step)
        #expect(outcome.failure?.message == "it broke")
        #expect(outcome.exitStatus == 1)
        #expect(stage.releases == releases)
    }

    @Test(arguments: acquired)
    func `a veto leaves nothing acquired`(step: StepName, releases: [String]) async {
        var stage = Stage()
        stage.hooks.before(step) { _ in .veto("not on a Sunday") }
        let outcome = await stage.run()
        #expect(outcome.ending == .vetoed)
        #expect(outcome.failure?.message == "not on a Sunday")
        #expect(outcome.exitStatus == 4)
        #expect(stage.releases == releases)
        #expect(!stage.steps.contains(step.rawValue))
    }

    @Test(arguments: acquired)
    func `a hook that fails leaves nothing acquired`(step: StepName, releases: [String]) async {
        var stage = Stage()
        stage.hooks.before(step, name: "guard/before") { _ in throw Broken() }
        let outcome = await stage.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.provider == "guard/before")
        #expect(stage.releases == releases)
    }

    @Test(arguments: acquired)
    func `a cancellation leaves nothing acquired`(step: StepName, releases: [String]) async {
        let reached = AsyncStream.makeStream(of: Void.self)
        let stage = Stage { name, _ in
            guard name == step else { return }
            reached.continuation.yield()
            try await Task.sleep(for: .seconds(60))
        }
        let run = Task { await stage.run() }
        for await _ in reached.stream { break }
        run.cancel()
        let outcome = await run.value
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.kind == .cancelled)
        #expect(stage.releases == releases)
    }

    @Test(arguments: StepName.allCases)
    func `finished is the last event, whatever happens`(step: StepName) async {
        let stage = Stage { name, _ in if name == step { throw Broken() } }
        _ = await stage.run()
        let events = stage.recorder.lines("event ")
        #expect(events.first == "started")
        #expect(events.last == "finished")
        #expect(events.filter { $0 == "finished" }.count == 1)
    }
}

@Suite struct `Releases, in general` {
    /// What is shown to be pasted must stay one word, also where an accent makes one character of it and a quote.
    @Test(arguments: [
        ("a/b-c", "a/b-c"), ("", "''"), ("a b", "'a b'"), ("a'b", #"'a'\''b'"#), ("'\u{301};x", "''\\''\u{301};x'"),
    ])
    func `words are quoted for a shell`(word: String, quoted: String) { #expect(quotedForShell(word) == quoted) }

    @Test func `a successful run unlocks right after the snapshot and removes it before publishing`() async {
        let stage = Stage()
        let outcome = await stage.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.exitStatus == 0)
        #expect(
            stage.recorder.all.filter { !$0.hasPrefix("event ") } == [
                "step preflight", "step connect", "step locate", "step flush", "step lock", "step snapshot",
                "release lock", "proof", "step mount", "step recover", "step verify", "read-only", "step archive",
                "check", "release mount", "release snapshot", "release session", "step publish", "step retain",
                "release run lock",
            ]
        )
    }

    @Test func `an undo registered before the unlock runs right after it`() async {
        var stage = Stage()
        let recorder = stage.recorder
        stage.hooks.before(.lock) { run in
            run.undo(Release("replica") { recorder.add("release replica") })
            return .proceed
        }
        _ = await stage.run()
        #expect(Array(stage.releases.prefix(2)) == ["lock", "replica"])
    }

    @Test func `a release falls back from its function to its data to the built-in`() async {
        var stage = Stage()
        let recorder = stage.recorder
        stage.hooks.before(.flush) { run in
            run.undo(
                Release("thing", undo: .exec(["repair", "it now"]), attempt: { throw Broken() })
            )
            return .veto("enough")
        }
        let outcome = await stage.run()
        #expect(recorder.lines("undo ") == ["repair 'it now'"])
        #expect(outcome.leaked.isEmpty)
        #expect(outcome.suppressed.map(\.message) == ["cannot release thing: it broke"])
        #expect(outcome.exitStatus == 4)
    }

    @Test func `what no rung releases is reported with the command that repairs it`() async {
        var stage = Stage()
        stage.hooks.before(.flush) { run in
            run.undo(Release("thing", repair: "umount /mnt", attempt: { throw Broken() }, builtIn: { throw Broken() }))
            return .veto("enough")
        }
        let outcome = await stage.run()
        #expect(outcome.leaked.map(\.repair) == ["umount /mnt"])
        #expect(outcome.exitStatus == 3)
        #expect(stage.recorder.lines("event ").contains("leaked"))
    }

    @Test func `a snapshot that can't be removed does not spoil the set`() async {
        var stage = Stage()
        stage.hooks.replace(.snapshot) { _ in
            .result(Snapshot(name: "s", device: "/d", release: Release("snapshot", attempt: { throw Broken() })))
        }
        let outcome = await stage.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.exitStatus == 2)
        #expect(outcome.leaked.map(\.name) == ["snapshot"])
    }

    @Test func `a rung that hangs is left behind after its deadline`() async {
        var stage = Stage()
        stage.hooks.before(.flush) { run in
            let hang: @Sendable () async throws -> Void = { await withCheckedContinuation { hold($0) } }
            run.undo(Release("thing", deadline: .milliseconds(50), attempt: hang, builtIn: {}))
            return .veto("enough")
        }
        let outcome = await stage.run()
        #expect(outcome.leaked.isEmpty)
        #expect(outcome.suppressed.map(\.message) == ["cannot release thing: no answer within 0.05 s"])
    }

    @Test func `a kept snapshot is not released, and only publishing keeps it`() async {
        var stage = Stage()
        stage.options.isSnapshotOnly = true
        let outcome = await stage.run()
        #expect(outcome.ending == .succeeded)
        #expect(stage.releases == ["lock", "run lock", "session"])
        #expect(!stage.steps.contains("archive"))

        var failing = Stage { name, _ in if name == .publish { throw Broken() } }
        failing.options.isSnapshotOnly = true
        _ = await failing.run()
        #expect(failing.releases == ["lock", "snapshot", "run lock", "session"])
    }

    @Test func `a step that fails over a snapshot that has gone bad names the snapshot`() async {
        var stage = Stage { name, _ in if name == .archive { throw Broken(description: "input/output error") } }
        stage.hooks.replace(.snapshot) { _ in
            .result(
                Snapshot(
                    name: "s",
                    device: "/d",
                    check: { throw Broken(description: "it is full") },
                    release: Release("s")
                )
            )
        }
        let outcome = await stage.run()
        #expect(outcome.failure?.message == "it is full")
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.suppressed.map(\.message).contains("input/output error"))
    }

    @Test func `the watch of the snapshot asks nothing after it was released`() async {
        var stage = Stage { name, _ in if name == .archive { try await Task.sleep(for: .milliseconds(100)) } }
        let recorder = stage.recorder
        stage.options.usageInterval = .milliseconds(1)
        stage.hooks.replace(.snapshot) { _ in
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
        let outcome = await stage.run()
        let all = recorder.all
        #expect(all.contains("usage"))
        #expect(all.lastIndex(of: "usage") ?? 0 < all.firstIndex(of: "release s") ?? 0)
        #expect(outcome.warnings == [])
    }

    @Test func `a failing retain is a warning`() async {
        let stage = Stage { name, _ in if name == .retain { throw Broken() } }
        let outcome = await stage.run()
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

@Suite struct `What a hook has begun` {
    private static let undo = Release.Undo.exec(["remove", "it"])

    @Test(arguments: [StepName.flush, .lock, .snapshot, .mount, .archive])
    func `is undone where it fails, whatever the step`(step: StepName) async {
        let stage = Stage { name, run in
            guard name == step else { return }
            try run.intendUntilReturn(Self.undo)
            throw Broken()
        }
        let outcome = await stage.run()
        #expect(outcome.failure?.message == "it broke")
        #expect(stage.recorder.lines("undo ") == ["remove it"])
        #expect(stage.recorder.lines("intend ") == ["remove it"])
    }

    @Test func `is undone where a hook before a step fails`() async {
        var stage = Stage()
        stage.hooks.before(.mount) { run in
            try run.intendUntilReturn(Self.undo)
            throw Broken()
        }
        _ = await stage.run()
        #expect(stage.recorder.lines("undo ") == ["remove it"])
    }

    @Test func `is left to its release where it returns one, and to itself where it returns`() async {
        var stage = Stage { name, run in
            if name == .snapshot || name == .lock { try run.intendUntilReturn(Self.undo) }
        }
        stage.hooks.before(.lock) { run in
            try run.intendUntilReturn(Self.undo)
            return .proceed
        }
        let outcome = await stage.run()
        #expect(outcome.ending == .succeeded)
        #expect(stage.recorder.lines("intend ").count == 3)
        #expect(stage.recorder.lines("undo ").isEmpty)
    }
}
