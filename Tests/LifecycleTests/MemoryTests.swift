import Lifecycle
import TestSupport
import Testing

/// The objects that must be freed when a run is over, in a program that goes on.
@Suite struct MemoryTests {
    @Test func `a run is gone when it is over, although what it acquired held it`() async throws {
        let run = WeakReference<Run>()
        var harness = RunHarness { _, asked in run.note(asked) }
        harness.hooks.replace(.lock) { run in
            let release = Release("lock", handler: { run.note("released") }, fallback: { run.note("released") })
            return .result(Lock(plan: "stage", reason: "test", proof: { run.note("proven") }, release: release))
        }
        harness.hooks.replace(.snapshot) { run in
            let release = Release("snapshot") { run.note("removed") }
            return .result(Snapshot(name: "s", device: "/dev/s", check: { run.note("valid") }, release: release))
        }
        harness.hooks.replace(.mount) { run in
            let release = Release("mount") { run.note("unmounted") }
            return .result(Mount(path: "/m", mountPoint: "/m", makeReadOnly: { run.note("mounted") }, release: release))
        }
        #expect(await harness.run().exitStatus == 0)
        #expect(try await eventually { run.isGone })
    }

    @Test func `an alarm that was cancelled keeps nothing until its time`() {
        let held = WeakReference<Recorder<String>>()
        let alarm: Alarm
        do {
            let recorder = Recorder<String>()
            held.note(recorder)
            alarm = Alarm(after: .seconds(3600)) { recorder.add("rung") }
        }
        #expect(!held.isGone)
        alarm.cancel()
        #expect(held.isGone)
    }
}
