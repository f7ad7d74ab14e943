#if canImport(Glibc)
    import Glibc
#endif

/// The numbers that tell a file from every other file on the machine.
package struct FileIdentity: Hashable, Sendable {
    package var device: DeviceNumber
    package var inode: UInt64
    /// The type and permission bits.
    package var mode: UInt32
    package var uid: UInt32
    package var gid: UInt32
    /// The device that a device node stands for.
    package var represents: DeviceNumber

    /// The file at `path`, symbolic links followed unless told otherwise.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init(of path: String, followLinks: Bool = true) throws {
        var status = stat()
        let result = followLinks ? stat(path, &status) : lstat(path, &status)
        guard result == 0 else { throw HostError.last("stat", path) }
        self.init(status)
    }

    init(_ status: stat) {
        device = DeviceNumber(UInt64(status.st_dev))
        inode = UInt64(status.st_ino)
        mode = status.st_mode
        uid = status.st_uid
        gid = status.st_gid
        represents = DeviceNumber(UInt64(status.st_rdev))
    }

    package var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }

    package var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }

    package var isBlockDevice: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFBLK) }

    /// Whether both are the same file.
    ///
    /// Changed permissions do not matter.
    package func isSameFile(as other: FileIdentity) -> Bool {
        device == other.device && inode == other.inode
    }
}
