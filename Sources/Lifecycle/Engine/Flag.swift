import Synchronization

/// Something that has happened, or not yet, or not any more.
final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }

    /// Answers whether it was set.
    func clear() -> Bool { value.exchange(false, ordering: .acquiringAndReleasing) }
}
