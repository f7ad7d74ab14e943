import Glibc

/// A file descriptor that is closed when its last user releases it.
final class Descriptor: Sendable {
    let number: Int32
    private let isOwned: Bool

    /// - Parameter isOwned: false for a descriptor of the caller's, such as standard output.
    init(_ number: Int32, isOwned: Bool = true) {
        self.number = number
        self.isOwned = isOwned
    }

    deinit { if isOwned { close(number) } }
}
