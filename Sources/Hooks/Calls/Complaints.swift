import Synchronization

/// Complaints about a file that would repeat themselves: each is made once.
final class Complaints: Sendable {
    private let hasEchoed = Atomic(false)
    private let hasToldLoss = Atomic(false)

    /// Whether a failed subscriber to messages or warnings may be warned about: true for the first caller.
    func mayEcho() -> Bool { !hasEchoed.exchange(true, ordering: .acquiringAndReleasing) }

    /// Whether lost events may be told: true for the first caller.
    func mayTellLoss() -> Bool { !hasToldLoss.exchange(true, ordering: .acquiringAndReleasing) }
}
