import Glibc

/// Limits the holes of all files together: a hole takes no room on the volume, but time, as its zeros are part of the
/// file's checksum.
///
/// Files that a server writes have less than three times their data in holes (compressed pages).
struct HoleAllowance: Sendable {
    /// As many bytes of holes are taken on any file system.
    private static let least: Int64 = 256 << 30
    /// As many times the size of the file system.
    private static let factor: Int64 = 8

    private var used: Int64 = 0

    /// - Throws: ``ArchiveError/unarchivable(path:why:)`` where the holes are too many;
    ///   ``ArchiveError/unreadable(path:offset:errno:)``
    mutating func take(_ entry: Entry) throws(ArchiveError) {
        guard entry.status.mayHaveHoles else { return }
        let (sum, isTooLarge) = used.addingReportingOverflow(entry.size - entry.status.allocated)
        used = isTooLarge ? .max : sum
        guard used > Self.least else { return }
        let limit = try Self.limit(at: entry.source)
        guard used > limit else { return }
        throw .unarchivable(
            path: entry.source.description,
            why: "with it, the holes of all files have more than \(limit >> 30) GiB, far more than the file system"
        )
    }

    private static func limit(at path: RawPath) throws(ArchiveError) -> Int64 {
        var status = statvfs()
        guard path.withCString({ statvfs($0, &status) }) == 0 else {
            throw .unreadable(path: path.description, offset: nil, errno: errno)
        }
        // A file system may claim any size.
        let (blocks, blockSize) = (Int64(clamping: status.f_blocks), Int64(clamping: status.f_frsize))
        let (bytes, isHuge) = blocks.multipliedReportingOverflow(by: blockSize)
        guard !isHuge, bytes <= .max / factor else { return .max }
        return max(least, bytes * factor)
    }
}
