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

    /// The process that listens on it.
    ///
    /// - Throws: ``HostError``, also where no process does.
    package func listener() throws -> PeerCredentials { try connect().listener() }

    /// Whether a process listens on it.
    package var isAnswering: Bool {
        do { _ = try connect() } catch HostError.systemCall(_, _, EAGAIN) {
            // The listener takes no more connections.
            return true
        } catch {
            return false
        }
        return true
    }

    private func connect() throws -> LocalConnection { try LocalConnection(to: Array(path.utf8), path) }

    /// Gives its file to a user; only users that may write to it can connect.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func setOwner(uid: UInt32, gid: UInt32, mode: UInt32) throws {
        // A former owner could change the mode until the file is another user's.
        guard fchownat(descriptor.number, "", uid, gid, Int32(AT_EMPTY_PATH)) == 0 else {
            throw HostError.last("chown", path)
        }
        // fchmod refuses a descriptor that is not open, and fchmodat2 is of Linux 6.6.
        guard chmod(path, mode) == 0 else { throw HostError.last("chmod", path) }
    }

    /// Makes a further name of its file in a directory of the same file system.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func addName(_ name: FileName, in directory: HeldDirectory) throws {
        let status = name.withCString { linkat(AT_FDCWD, path, directory.number, $0, AT_SYMLINK_FOLLOW) }
        guard status == 0 else { throw HostError.last("link", "\(directory.path)/\(name)") }
    }

    /// A path to connect to, as long as this value lives.
    package var path: String { "/proc/self/fd/\(descriptor.number)" }
}
