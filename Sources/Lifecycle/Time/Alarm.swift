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
    /// It rings also where its owner has dropped it.
    package convenience init(after limit: Duration, _ callback: @escaping @Sendable () -> Void) {
        self.init(callback)
        Self.queue.asyncAfter(deadline: .now() + limit.inSeconds) { [bell] in bell.take()?() }
    }

    /// Makes an alarm that no time sets off, only ``ring()``.
    package init(_ callback: @escaping @Sendable () -> Void) { bell = Bell(callback) }

    /// Calls back, unless the alarm has rung or was cancelled.
    package func ring() { bell.take()?() }

    /// Whether the alarm has neither rung nor been cancelled.
    package var isPending: Bool { bell.isPending }

    /// The queue keeps its closure until the time is over, so that closure must not hold the callback.
    package func cancel() { _ = bell.take() }
}

/// The callback of an alarm, which runs once at most.
private final class Bell: Sendable {
    private let ring: Mutex<(@Sendable () -> Void)?>

    init(_ ring: @escaping @Sendable () -> Void) { self.ring = Mutex(ring) }

    func take() -> (@Sendable () -> Void)? { ring.withLock { $0.take() } }

    var isPending: Bool { ring.withLock { $0 != nil } }
}
