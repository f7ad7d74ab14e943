import Synchronization

/// Lets so many tellings of progress through that a reader of events can follow: a restore tells of every few kilobytes.
final class ProgressPace: Sendable {
    private static let pause = Duration.milliseconds(200)

    private let last = Mutex<ContinuousClock.Instant?>(nil)

    /// Whether some time has passed since this was true; true at first.
    var isDue: Bool {
        last.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.pause { return false }
            last = now
            return true
        }
    }
}
