import Glibc

/// Opens the files of a job some way ahead of reading them, so that a cold disk works on many at once.
struct ReadAhead {
    private static let distance = 32

    private let entries: [Entry]
    private var opened: [Int: Descriptor] = [:]
    private var next = 0

    init(_ entries: [Entry]) { self.entries = entries }

    /// The file at `index`, which is asked for once, in order.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    mutating func open(_ index: Int) throws(ArchiveError) -> Descriptor {
        next = max(next, index)
        while next < min(index + Self.distance, entries.count) {
            if entries[next].kind == .file {
                let descriptor = try openSource(entries[next].source)
                posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_WILLNEED)
                opened[next] = descriptor
            }
            next += 1
        }
        if let descriptor = opened.removeValue(forKey: index) { return descriptor }
        return try openSource(entries[index].source)
    }
}
