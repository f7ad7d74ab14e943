import Lifecycle
import Synchronization
import TestSupport
import Testing

@Suite struct `The timings of the lock` {
    private let clock = FakeClock()

    private func harness() -> RunHarness {
        var harness = RunHarness()
        harness.clock = clock.clock
        return harness
    }

    /// A lock whose provider tells all of its parts, and still reads the coordinates when it has returned.
    private func provideLock(_ run: Run, attempts: Int = 1) -> Provision<Lock> {
        for attempt in 1...attempts {
            run.lockWaitBegins {}
            clock.pass(0.5)
            guard attempt < attempts else { break }
            run.lockWaitEnds()
            // Writers go on in the pause.
            clock.pass(8)
        }
        let release = Release("lock") { clock.pass(0.0625) }
        run.lockGranted(release: release)
        run.lockPartBegins(.engineLogs)
        clock.pass(0.25)
        run.lockPartEnds(.engineLogs)
        run.lockPartBegins(.coordinates)
        return .result(Lock(plan: "mine", reason: "test", proof: {}, release: release))
    }

    private func provideSnapshot(seconds: Double? = nil) -> Provision<Snapshot> {
        clock.pass(2)
        return .result(Snapshot(name: "s", device: "/dev/s", creationSeconds: seconds, release: Release("s") {}))
    }

    @Test func `are those of the wait, and of the acts under the lock`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { provideLock($0) }
        harness.hooks.replace(.snapshot) { run in
            clock.pass(0.125)
            run.lockPartEnds(.coordinates)
            return provideSnapshot(seconds: 1.5)
        }
        let outcome = await harness.run()
        #expect(
            outcome.lockTimings
                == LockTimings(acquire: 0.5, engineLogs: 0.25, coordinates: 0.125, snapshot: 1.5, release: 0.0625)
        )
        #expect(outcome.lockWaitSeconds == 0.5)
        #expect(outcome.lockHeldSeconds == 0.25 + 0.125 + 2 + 0.0625)
    }

    @Test func `are in the last event, and read back from its JSON`() async throws {
        var harness = harness()
        let lines = Mutex<[String]>([])
        harness.hooks.replace(.lock) { provideLock($0) }
        harness.hooks.replace(.snapshot) { _ in provideSnapshot() }
        harness.hooks.on { event in
            guard case .finished = event.fact, let line = try? event.jsonLine() else { return }
            lines.withLock { $0.append(line) }
        }
        let outcome = await harness.run()
        let line = try #require(lines.withLock { $0.first })
        #expect(
            line.contains(#""lock_timings":{"acquire":0.5,"engine_logs":0.25,"release":0.0625,"snapshot":2}"#),
            "\(line)"
        )
        guard case .finished(let read) = try Event(jsonLine: line).fact else {
            Issue.record("another event: \(line)")
            return
        }
        #expect(read.lockTimings == outcome.lockTimings)
    }

    @Test func `add up several attempts, without the pauses`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { provideLock($0, attempts: 3) }
        #expect(await harness.run().lockTimings?.acquire == 1.5)
    }

    @Test func `lack a part that did not end`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { provideLock($0) }
        let timings = await harness.run().lockTimings
        #expect(timings?.engineLogs == 0.25)
        #expect(timings?.coordinates == nil)
    }

    @Test func `of a hook's lock and snapshot are those that the engine itself sees`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { _ in
            .result(Lock(plan: "mine", reason: "test", release: Release("lock") { clock.pass(0.5) }))
        }
        harness.hooks.replace(.snapshot) { _ in provideSnapshot() }
        #expect(await harness.run().lockTimings == LockTimings(snapshot: 2, release: 0.5))
    }

    @Test func `of a run that failed under the lock have the parts before`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { provideLock($0) }
        harness.hooks.replace(.snapshot) { _ in throw Broken() }
        let outcome = await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.lockTimings == LockTimings(acquire: 0.5, engineLogs: 0.25, release: 0.0625))
    }

    @Test func `are not there where nothing is locked`() async {
        var harness = harness()
        harness.hooks.replace(.lock) { _ in .result(Lock(plan: "none", reason: "test")) }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.lockTimings == nil)
    }

    @Test(arguments: LockTimings.Part.allCases)
    func `have each part under its name in JSON`(part: LockTimings.Part) throws {
        var outcome = Outcome(run: "r", ending: .succeeded)
        outcome.lockTimings = LockTimings()
        outcome.lockTimings?[part] = 0.5
        let event = Event(run: "r", sequence: 1, time: 0, monotonic: 0, fact: .finished(outcome))
        #expect(try event.jsonLine().contains("\"lock_timings\":{\"\(part.rawValue)\":0.5}"))
        #expect(outcome.lockTimings?.parts.map(\.part) == [part])
    }
}
