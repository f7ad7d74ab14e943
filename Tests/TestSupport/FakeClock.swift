package import Lifecycle
import Synchronization

/// A clock that goes on only where a test says so.
package final class FakeClock: Sendable {
    private struct State: Sendable {
        var seconds = 1000.0
        var alarms: [(due: Double, alarm: Alarm)] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// For the environment of an engine.
    package var clock: EngineClock {
        EngineClock(now: { self.state.withLock { $0.seconds } }, alarm: { self.alarm(after: $0, $1) })
    }

    /// Lets so many seconds pass; the alarms of that time ring.
    package func pass(_ seconds: Double) {
        let due = state.withLock { state in
            state.seconds += seconds
            let end = state.seconds
            let due = state.alarms.filter { $0.due <= end }.sorted { $0.due < $1.due }
            state.alarms.removeAll { $0.due <= end || !$0.alarm.isPending }
            return due.map(\.alarm)
        }
        for alarm in due { alarm.ring() }
    }

    /// Waits until an alarm is set, and lets the time pass until the next one rings.
    ///
    /// - Returns: the seconds that have passed.
    @discardableResult
    package func passToNextAlarm() async throws -> Double {
        var seconds: Double?
        _ = try await eventually {
            seconds = state.withLock { state in
                state.alarms.filter { $0.alarm.isPending }.map { $0.due - state.seconds }.min()
            }
            return seconds != nil
        }
        guard let seconds else { throw ToolFailed(command: "waiting for an alarm", output: "none is set") }
        pass(seconds)
        return seconds
    }

    private func alarm(after limit: Duration, _ callback: @escaping @Sendable () -> Void) -> Alarm {
        let alarm = Alarm(callback)
        let parts = limit.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        state.withLock { $0.alarms.append(($0.seconds + seconds, alarm)) }
        return alarm
    }
}
