import CLinux
import Glibc

/// The part of a file's inode that the archive needs.
struct FileStatus: Equatable, Sendable {
    var mode: UInt32
    var owner: UInt32
    var group: UInt32
    /// Bytes, holes included.
    var size: Int64
    /// Bytes that have blocks on the disk.
    var allocated: Int64
    var modified: FileTime
    var changed: FileTime
    var device: UInt64
    var inode: UInt64
    var links: UInt64
    /// The device that a device node stands for.
    var represents: UInt64

    init(_ status: stat) {
        mode = status.st_mode
        owner = status.st_uid
        group = status.st_gid
        size = Int64(status.st_size)
        allocated = Int64(status.st_blocks) * 512
        modified = FileTime(seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        changed = FileTime(seconds: Int64(status.st_ctim.tv_sec), nanoseconds: Int64(status.st_ctim.tv_nsec))
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        links = UInt64(status.st_nlink)
        represents = UInt64(status.st_rdev)
    }

    /// The status of the path itself, symbolic links not followed.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(of path: RawPath) throws(ArchiveError) {
        var status = stat()
        guard path.withCString({ lstat($0, &status) }) == 0 else {
            throw .unreadable(path: path.description, offset: nil, errno: errno)
        }
        self.init(status)
    }

    /// The status of an open file.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(of descriptor: Descriptor, path: RawPath) throws(ArchiveError) {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else {
            throw .unreadable(path: path.description, offset: nil, errno: errno)
        }
        self.init(status)
    }

    var type: UInt32 { mode & S_IFMT }
    var isDirectory: Bool { type == S_IFDIR }
    var isRegular: Bool { type == S_IFREG }
    var mayHaveHoles: Bool { isRegular && allocated < size }

    /// How this status of a file differs from a later one, in words; nil where it is the same file, untouched.
    func difference(to later: FileStatus) -> String? {
        if (device, inode) != (later.device, later.inode) { return "was replaced by another file" }
        if later.size < size { return "shrank from \(size) to \(later.size) bytes" }
        if later.size > size { return "grew from \(size) to \(later.size) bytes" }
        if later.modified != modified { return "was written to" }
        return nil
    }
}

/// A moment on the file system's clock.
struct FileTime: Hashable, Sendable {
    /// Since 1970; negative before.
    var seconds: Int64
    /// 0…999 999 999, always forwards.
    var nanoseconds: Int64
}
