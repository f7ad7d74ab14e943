import Glibc
import Lifecycle
import TestSupport
import Testing

@Suite struct `The lock` {
    private let clock = FakeClock()

    private func harness(act: @escaping @Sendable (StepName, Run) async throws -> Void = { _, _ in }) -> RunHarness {
        var harness = RunHarness(act: act)
        harness.clock = clock.clock
        return harness
    }

    @Test func `is released first when it was held too long, and the snapshot is discarded`() async {
        var harness = harness { name, run in
            guard name == .snapshot else { return }
            clock.pass(9)
            _ = try await eventually { !run.isLockHeld }
            clock.pass(1)
        }
        harness.options.maxLock = .seconds(9)
        harness.options.advice.lockHeld = "allow more"
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains("held for 9 s") == true)
        #expect(outcome.failure?.advice == "allow more")
        #expect(harness.releases == ["lock", "snapshot", "run lock", "session"])
        #expect(outcome.lockHeldSeconds == 9)
        #expect(!harness.steps.contains("mount"))
    }

    @Test func `held too long is what a run says that takes too long because of it`() async {
        var harness = harness { name, run in
            guard name == .snapshot else { return }
            clock.pass(9)
            _ = try await eventually { !run.isLockHeld }
            clock.pass(1)
            // Until it is cancelled.
            try await Task.sleep(for: .seconds(60))
        }
        harness.options.maxLock = .seconds(9)
        harness.options.timeout = .seconds(10)
        let outcome = await harness.run()
        #expect(outcome.exitStatus == 1)
        #expect(outcome.failure?.message.contains("held for 9 s") == true)
        #expect(outcome.lockHeldSeconds == 9)
    }

    @Test func `is given up when it is not granted in time`() async {
        var harness = harness()
        let recorder = harness.recorder
        harness.options.lockWaitTimeout = .seconds(9)
        harness.hooks.replace(.lock) { run in
            let aborted = AsyncStream.makeStream(of: Void.self)
            run.lockWaitBegins { aborted.continuation.finish() }
            clock.pass(9)
            for await _ in aborted.stream {}
            recorder.add("session killed")
            throw Broken()
        }
        let outcome = await harness.run()
        #expect(recorder.all.contains("session killed"))
        #expect(outcome.failure?.message.contains("not granted within 9 s") == true)
        #expect(outcome.failure?.step == .lock)
        #expect(harness.releases == ["run lock", "session"])
    }

    @Test func `that timed out names the obstacle`() async {
        var harness = harness()
        harness.options.lockWaitTimeout = .seconds(9)
        harness.hooks.replace(.lock) { run in
            let aborted = AsyncStream.makeStream(of: Void.self)
            run.lockWaitBegins { aborted.continuation.finish() }
            clock.pass(9)
            for await _ in aborted.stream {}
            throw Obstructed()
        }
        let outcome = await harness.run()
        let message =
            "the lock was not granted within 9 s; lvmbackup stopped waiting so that writers go on: in its way: ALTER"
        #expect(outcome.failure?.message == message)
    }

    @Test func `that was lost means no set`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.lock) { _ in
            .result(
                Lock(
                    plan: "mine",
                    reason: "test",
                    proof: { throw Broken() },
                    release: Release("lock") { recorder.add("release lock") }
                )
            )
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(harness.releases == ["lock", "snapshot", "run lock", "session"])
    }

    @Test func `with a failed release statement counts as lost`() async {
        var harness = RunHarness()
        harness.hooks.replace(.lock) { _ in
            let release = Release("lock", handler: { throw Broken() }, fallback: {})
            return .result(Lock(plan: "mine", reason: "test", proof: {}, release: release))
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains("may have been lost") == true)
        #expect(harness.releases == ["snapshot", "run lock", "session"])
    }

    @Test func `without proof is recorded as unproven`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.lock) { _ in
            .result(Lock(plan: "mine", reason: "test", release: Release("lock") { recorder.add("release lock") }))
        }
        harness.hooks.after(.publish) { run, _ in recorder.add("unproven \(run.unproven)") }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(recorder.lines("unproven ") == [#"["lock"]"#])
        #expect(outcome.warnings.count == 1)
    }

    @Test func `is held neither by a hook that hangs nor past an abandoned one`() async {
        var harness = RunHarness()
        harness.options.maxLock = .milliseconds(100)
        harness.hooks.before(.snapshot) { _ in
            try await Task.sleep(for: .seconds(60))
            return .proceed
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect((outcome.lockHeldSeconds ?? 9) < 2)
        #expect(harness.releases == ["lock", "run lock", "session"])
    }

    @Test func `refuses a retry`() async {
        var harness = RunHarness()
        harness.hooks.before(.snapshot) { _ in .retry("busy", wait: .milliseconds(1)) }
        let outcome = await harness.run()
        #expect(outcome.failure?.message == #""retry" is refused while the lock is held (busy)"#)
    }

    @Test func `is released before a failure under it is handled`() async {
        let harness = RunHarness { name, _ in if name == .snapshot { throw Broken() } }
        _ = await harness.run()
        let order = harness.recorder.all.filter { $0 == "release lock" || $0 == "event failed" }
        #expect(order == ["release lock", "event failed"])
    }

    @Test func `may still be reading its coordinates while the snapshot is made`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.lock) { _ in .result(pendingLock(recorder) { Coordinates(gtid: "0-1-8") }) }
        harness.hooks.after(.publish) { run, _ in recorder.add("gtid \(run.coordinates?.gtid ?? "none")") }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(recorder.lines("gtid ") == ["0-1-8"])
        let order = recorder.all.filter { ["release lock", "coordinates", "step mount"].contains($0) }
        #expect(order == ["release lock", "coordinates", "step mount"])
    }

    @Test func `has its coordinates where a hook looks on`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.lock) { _ in .result(pendingLock(recorder) { Coordinates(gtid: "0-1-8") }) }
        harness.hooks.after(.lock) { run, lock in
            recorder.add("gtid \(lock.coordinates?.gtid ?? "none") \(run.coordinates?.gtid ?? "none")")
        }
        _ = await harness.run()
        #expect(recorder.lines("gtid ") == ["0-1-8 0-1-8"])
        #expect(recorder.all.count { $0 == "coordinates" } == 1)
    }

    @Test func `without readable coordinates means no set`() async {
        var harness = RunHarness()
        let recorder = harness.recorder
        harness.hooks.replace(.lock) { _ in .result(pendingLock(recorder) { throw Broken() }) }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message == "it broke")
        #expect(harness.releases == ["lock", "snapshot", "run lock", "session"])
    }

    @Test func `is not lengthened by its subscribers`() async {
        var harness = harness()
        let recorder = harness.recorder
        harness.hooks.on { event in
            if case .locked = event.fact { recorder.add("heard of the lock") }
        }
        harness.hooks.replace(.snapshot) { _ in
            // Time for a subscriber, if it were told.
            try await Task.sleep(for: .milliseconds(100))
            recorder.add("made")
            return .result(Snapshot(name: "s", device: "/dev/s", release: Release("snapshot") {}))
        }
        _ = await harness.run()
        let order = recorder.all.filter { ["made", "heard of the lock"].contains($0) }
        #expect(order == ["made", "heard of the lock"])
    }

    @Test func `that is held long is heard of meanwhile`() async {
        var harness = harness()
        let recorder = harness.recorder
        harness.hooks.replace(.snapshot) { _ in
            clock.pass(1)
            _ = try await eventually { recorder.all.contains("event locked") }
            recorder.add("made")
            return .result(Snapshot(name: "s", device: "/dev/s", release: Release("snapshot") {}))
        }
        _ = await harness.run()
        let order = recorder.all.filter { ["made", "event locked"].contains($0) }
        #expect(order == ["event locked", "made"])
    }

    @Test func `that is held long is not heard of by hooks before its end`() async {
        var harness = harness()
        let recorder = harness.recorder
        harness.hooks.on(.locked, name: "hears", place: nil) { _, _ in recorder.add("heard") }
        harness.hooks.replace(.snapshot) { _ in
            clock.pass(1)
            // Others have heard of it.
            _ = try await eventually { recorder.all.contains("event locked") }
            recorder.add("made")
            return .result(Snapshot(name: "s", device: "/dev/s", release: Release("snapshot") {}))
        }
        _ = await harness.run()
        let order = recorder.all.filter { ["made", "heard", "release lock"].contains($0) }
        #expect(order == ["made", "release lock", "heard"])
    }

    @Test func `is released in time although hooks block every thread of the pool`() async {
        var harness = RunHarness { name, _ in
            if name == .snapshot { block(.seconds(2)) }
        }
        harness.options.maxLock = .milliseconds(100)
        harness.hooks.after(.lock) { _, _ in
            for _ in 0..<6 { Task.detached(priority: .high) { block(.seconds(1)) } }
        }
        let outcome = await harness.run()
        #expect(outcome.failure?.message.contains("held for 0.1 s") == true)
        #expect((outcome.lockHeldSeconds ?? 9) < 0.9)
    }
}

/// A provider's error that names the obstacle of the lock.
private struct Obstructed: ExplainedError {
    var failure: Failure { Failure(.failed, "not granted") }
    var obstacle: String? { "in its way: ALTER" }
}

/// A lock whose coordinates come later.
private func pendingLock(_ recorder: Recorder<String>, _ read: @escaping @Sendable () throws -> Coordinates) -> Lock {
    Lock(
        plan: "mine",
        reason: "test",
        pendingCoordinates: {
            recorder.add("coordinates")
            return try read()
        },
        proof: {},
        release: Release("lock") { recorder.add("release lock") }
    )
}

/// Keeps the thread, as code does that knows nothing of tasks.
private func block(_ time: Duration) {
    var left = timespec(tv_sec: Int(time.components.seconds), tv_nsec: 0)
    nanosleep(&left, nil)
}
