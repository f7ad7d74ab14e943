import Glibc

/// A file descriptor that is closed when its last user lets go of it.
final class Descriptor: Sendable {
    let number: Int32
    private let isOwned: Bool

    /// - Parameter isOwned: false for one that belongs to the caller, such as standard output.
    init(_ number: Int32, isOwned: Bool = true) {
        self.number = number
        self.isOwned = isOwned
    }

    deinit { if isOwned { close(number) } }
}
