import Dispatch

/// Calls back after a while, from a thread of its own.
///
/// `Task.sleep` is woken by the cooperative pool, whose threads a hook can block (measured: a second late).
public final class Alarm: Sendable {
    private static let queue = DispatchQueue(label: "lvmbackup.alarm", qos: .userInteractive)

    private let isCancelled = Flag()

    public init(after limit: Duration, _ ring: @escaping @Sendable () -> Void) {
        Self.queue.asyncAfter(deadline: .now() + limit.inSeconds) { [isCancelled] in
            if !isCancelled.isSet { ring() }
        }
    }

    public func cancel() { isCancelled.set() }
}
