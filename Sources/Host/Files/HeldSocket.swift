internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A socket's file held open: a connection through it reaches that socket and no other.
package final class HeldSocket: Sendable {
    private let descriptor: Descriptor

    /// - Throws: ``HostError``; anything but a socket is refused.
    package init(_ name: FileName, in directory: HeldDirectory) throws {
        let path = "\(directory.path)/\(name)"
        let number = name.withCString { linux_open_beneath(directory.number, $0, O_PATH | O_NOFOLLOW, 0) }
        guard number >= 0 else { throw HostError.last("open", path) }
        descriptor = Descriptor(owning: number)
        guard try FileStatus(of: descriptor, path).kind == .socket else {
            throw HostError.malformed(path, reason: "it is not a socket")
        }
    }

    /// The socket at a path, symbolic links followed.
    ///
    /// - Throws: ``HostError``; anything but a socket is refused.
    package init(following path: String) throws {
        descriptor = try Descriptor.open(path, O_PATH)
        guard try FileStatus(of: descriptor, path).kind == .socket else {
            throw HostError.malformed(path, reason: "it is not a socket")
        }
    }

    /// The user that owns the socket's file.
    package var owner: UInt32 {
        get throws { try FileStatus(of: descriptor, path).identity.uid }
    }

    /// A path to connect to, as long as this value lives.
    package var path: String { "/proc/self/fd/\(descriptor.number)" }
}
