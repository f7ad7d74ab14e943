internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A member of a directory that is held without being opened, such as a symbolic link or a FIFO.
///
/// Every act reaches this very member, even if its name leads elsewhere by now.
package final class HeldMember: Sendable {
    private let descriptor: Descriptor
    private let path: String

    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init(_ name: FileName, in directory: HeldDirectory) throws {
        path = "\(directory.path)/\(name)"
        let number = name.withCString { linux_open_beneath(directory.number, $0, O_PATH | O_NOFOLLOW, 0) }
        guard number >= 0 else { throw HostError.last("open", path) }
        descriptor = Descriptor(owning: number)
    }

    package func status() throws -> FileStatus { try FileStatus(of: descriptor, path) }

    package func setOwner(uid: UInt32, gid: UInt32) throws {
        guard fchownat(descriptor.number, "", uid, gid, Int32(AT_EMPTY_PATH)) == 0 else {
            throw HostError.last("chown", path)
        }
    }

    /// Not of a symbolic link, which has none.
    package func setMode(_ mode: UInt32) throws {
        // fchmod refuses a descriptor that is not open, and fchmodat2 is of Linux 6.6. This path leads to the member itself.
        guard chmod("/proc/self/fd/\(descriptor.number)", mode) == 0 else { throw HostError.last("chmod", path) }
    }

    /// Sets the time of its last access and modification, since 1970.
    package func setTime(seconds: Int, nanoseconds: Int) throws {
        let time = timespec(tv_sec: seconds, tv_nsec: nanoseconds)
        guard utimensat(descriptor.number, "", [time, time], Int32(AT_EMPTY_PATH)) == 0 else {
            throw HostError.last("utimensat", path)
        }
    }
}
