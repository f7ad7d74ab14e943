#if canImport(Glibc)
    import Glibc
#endif

/// The attributes of a file, as its inode holds them.
package struct FileStatus: Sendable {
    package enum Kind: Sendable, Equatable {
        case regular, directory, link, socket, fifo, device

        /// - Parameter listed: a directory's DT_ constant; nil where it does not tell.
        init?(listed: Int) {
            switch listed {
            case Int(DT_REG): self = .regular
            case Int(DT_DIR): self = .directory
            case Int(DT_LNK): self = .link
            case Int(DT_SOCK): self = .socket
            case Int(DT_FIFO): self = .fifo
            case Int(DT_CHR), Int(DT_BLK): self = .device
            default: return nil
            }
        }
    }

    package let identity: FileIdentity
    /// Bytes.
    package let size: UInt64
    /// Bytes that are taken on the disk; fewer than the size where the file has holes.
    package let allocated: UInt64
    /// Names of the file.
    package let linkCount: UInt64
    let accessed: timespec
    let modified: timespec

    init(_ status: stat) {
        identity = FileIdentity(status)
        size = UInt64(status.st_size)
        // A file system of the network may answer any number.
        allocated = UInt64(max(0, status.st_blocks)).multipliedReportingOverflow(by: 512).partialValue
        linkCount = UInt64(status.st_nlink)
        accessed = status.st_atim
        modified = status.st_mtim
    }

    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    init(of descriptor: Descriptor, _ path: String) throws {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw HostError.last("stat", path) }
        self.init(status)
    }

    package var kind: Kind {
        switch identity.mode & UInt32(S_IFMT) {
        case UInt32(S_IFREG): .regular
        case UInt32(S_IFDIR): .directory
        case UInt32(S_IFLNK): .link
        case UInt32(S_IFSOCK): .socket
        case UInt32(S_IFIFO): .fifo
        default: .device
        }
    }

    package var isRegular: Bool { kind == .regular }
    package var isDirectory: Bool { kind == .directory }
    package var isLink: Bool { kind == .link }

    /// Whether both have the same size and time of modification.
    package func isUnmodified(since other: FileStatus) -> Bool {
        size == other.size && modified.tv_sec == other.modified.tv_sec && modified.tv_nsec == other.modified.tv_nsec
    }
}
