import Waiting

/// The clock by which a run measures its lock, ends it, and watches its snapshot; tests have one that they set.
package struct EngineClock: Sendable {
    /// Seconds of the monotonic clock.
    package var now: @Sendable () -> Double
    /// Starts an alarm.
    package var alarm: @Sendable (Duration, @escaping @Sendable () -> Void) -> Alarm

    package init(
        now: @escaping @Sendable () -> Double = monotonicTime,
        alarm: @escaping @Sendable (Duration, @escaping @Sendable () -> Void) -> Alarm = {
            Alarm(after: $0, $1)
        }
    ) {
        self.now = now
        self.alarm = alarm
    }

    /// Waits, less long where the task is cancelled.
    func sleep(_ time: Duration) async {
        let over = Promise<Void>()
        let alarm = alarm(time) { over.give(.success(())) }
        await withTaskCancellationHandler {
            // No giver has an error.
            try? await over.value
        } onCancel: {
            alarm.cancel()
            over.give(.success(()))
        }
    }
}
