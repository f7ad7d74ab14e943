import CLinux
import Glibc

/// A stretch of a file that holds data.
struct Extent: Equatable, Sendable {
    /// Bytes of the largest file, holes included, that is archived and restored.
    ///
    /// Two such numbers can be added.
    static let largestFile: Int64 = 1 << 62

    var offset: Int64
    var length: Int64

    var end: Int64 { offset + length }
}

/// Asks the file system, one at a time, which stretches of a file hold data.
struct ExtentScan {
    private let descriptor: Descriptor
    private let path: RawPath
    private let size: Int64
    private var position: Int64 = 0

    init(_ descriptor: Descriptor, path: RawPath, size: Int64) {
        self.descriptor = descriptor
        self.path = path
        self.size = size
    }

    /// The next stretch of data; nil behind the last.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    mutating func next() throws(ArchiveError) -> Extent? {
        guard position < size else { return nil }
        let start = linux_seek_data(descriptor.number, position)
        if start < 0 {
            guard errno == ENXIO else { throw .unreadable(path: path.description, offset: position, errno: errno) }
            position = size
            return nil
        }
        let end = linux_seek_hole(descriptor.number, start)
        guard end >= 0 else { throw .unreadable(path: path.description, offset: start, errno: errno) }
        position = min(end, size)
        return start < size ? Extent(offset: start, length: position - start) : nil
    }
}
