#if canImport(Glibc)
    import Glibc
#endif

/// The room of a file system, as users without privileges have it.
///
/// File systems without a limit, such as CephFS, and servers of network file systems may answer any number, the largest
/// among them: a number that does not fit is the largest or smallest that does.
package struct FileSystemRoom: Equatable, Sendable {
    /// Bytes that may still be written.
    package let freeBytes: Int64
    /// Bytes that files use.
    package let usedBytes: Int64
    /// Files that may still be made; nil where there is no fixed number, as on btrfs.
    package let freeInodes: Int64?

    /// Blocks.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init(at path: String) throws {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw HostError.last("statvfs", path) }
        self.init(status)
    }

    /// The room of the file system that an open file or directory is on; blocks.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init(of descriptor: Int32, at path: String) throws {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw HostError.last("fstatvfs", path) }
        self.init(status)
    }

    init(_ status: statvfs) {
        let block = UInt64(status.f_frsize)
        freeBytes = Self.bytes(UInt64(status.f_bavail), block)
        let (blocks, free) = (UInt64(status.f_blocks), UInt64(status.f_bfree))
        usedBytes = Self.bytes(free < blocks ? blocks - free : 0, block)
        freeInodes = status.f_files > 0 ? Int64(clamping: status.f_favail) : nil
    }

    private static func bytes(_ count: UInt64, _ block: UInt64) -> Int64 {
        let (product, isTooLarge) = count.multipliedReportingOverflow(by: block)
        return isTooLarge ? .max : Int64(clamping: product)
    }
}
