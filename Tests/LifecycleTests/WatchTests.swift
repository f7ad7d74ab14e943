import Lifecycle
import Synchronization
import TestSupport
import Testing

/// The engine's reaction to a snapshot's `usage` while the archive is being written.
struct WatchTests {
    private let clock = FakeClock()

    /// A run whose archive takes until it is cancelled, or a minute.
    private func harness(_ usage: @escaping @Sendable () async throws -> Double?) -> RunHarness {
        var harness = RunHarness { [clock] step, _ in
            guard step == .archive else { return }
            // The lock's own alarms ring.
            clock.pass(1)
            var left = 60.0
            while left > 0 { left -= try await clock.passToNextAlarm() }
        }
        harness.clock = clock.clock
        harness.options.usageInterval = .seconds(20)
        let recorder = harness.recorder
        harness.hooks.replace(.snapshot) { _ in
            .result(
                Snapshot(
                    name: "snap",
                    device: "/dev/snap",
                    check: {},
                    usage: usage,
                    release: Release("snapshot") { recorder.add("release snapshot") }
                )
            )
        }
        return harness
    }

    @Test func `a lost snapshot ends the run at once, with the cause`() async {
        let looks = Mutex(0)
        let harness = harness {
            let look = looks.withLock { looks in
                looks += 1
                return looks
            }
            guard look > 2 else { return 0.1 }
            throw SnapshotLost(Failure(.failed, "the pool is full", advice: "enlarge it"))
        }
        let outcome = await harness.run()
        #expect(outcome.failure?.kind == .failed)
        #expect(outcome.failure?.message == "the pool is full")
        #expect(outcome.failure?.advice == "enlarge it")
        #expect(outcome.failure?.step == .archive)
        #expect(outcome.exitStatus == 1)
        #expect(harness.releases == ["lock", "mount", "snapshot", "run lock", "session"])
        #expect(looks.withLock { $0 } == 3)
    }

    @Test func `the highest usage is kept for the manifest`() async {
        let shares = Mutex([0.1, 0.4, 0.2])
        var harness = harness { shares.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
        let peak = Mutex<Double?>(nil)
        harness.hooks.after(.archive) { run, _ in peak.withLock { $0 = run.peakUsage } }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(peak.withLock { $0 } == 0.4)
    }

    @Test func `an unreadable usage is one warning, and is asked for no more often`() async {
        let looks = Mutex(0)
        let harness = harness {
            looks.withLock { $0 += 1 }
            throw Broken()
        }
        let outcome = await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.filter { $0.contains("it broke") }.count == 1)
        #expect((4...5).contains(looks.withLock { $0 }))
    }

    @Test func `a half-full snapshot is checked more often`() async {
        func looks(_ share: Double) async -> Int {
            let count = Mutex(0)
            var harness = harness {
                count.withLock { $0 += 1 }
                return share
            }
            harness.options.usageInterval = .seconds(12)
            #expect(await harness.run().ending == .succeeded)
            return count.withLock { $0 }
        }
        #expect((5...8).contains(await looks(0.1)))
        #expect((20...23).contains(await looks(0.6)))
    }
}
