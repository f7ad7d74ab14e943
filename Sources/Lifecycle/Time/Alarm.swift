import Dispatch
import Synchronization

/// Calls back after a while, from a thread of its own.
///
/// `Task.sleep` is woken by the cooperative pool, whose threads a hook can block (measured: a second late).
package final class Alarm: Sendable {
    private static let queue = DispatchQueue(label: "lvmbackup.alarm", qos: .userInteractive)

    private let bell: Bell

    /// Starts the alarm.
    ///
    /// It ends without a call if its owner drops it.
    package init(after limit: Duration, _ ring: @escaping @Sendable () -> Void) {
        let bell = Bell(ring)
        self.bell = bell
        Self.queue.asyncAfter(deadline: .now() + limit.inSeconds) { bell.take()?() }
    }

    /// The queue keeps its closure until the time is over, so that closure must not hold the callback.
    package func cancel() { _ = bell.take() }
}

/// The callback of an alarm, which runs once at most.
private final class Bell: Sendable {
    private let ring: Mutex<(@Sendable () -> Void)?>

    init(_ ring: @escaping @Sendable () -> Void) { self.ring = Mutex(ring) }

    func take() -> (@Sendable () -> Void)? { ring.withLock { $0.take() } }
}
