import Synchronization

/// A truth value that several threads set and read.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }

    /// Answers whether it was set.
    func clear() -> Bool { value.exchange(false, ordering: .acquiringAndReleasing) }
}
