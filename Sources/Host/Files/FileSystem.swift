internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// Acts on directories and file systems.
///
/// All of them may block: none belongs on the cooperative pool.
package enum FileSystem {
    /// Makes a name that was created, renamed or removed in the directory survive a power cut.
    package static func syncDirectory(_ path: String) throws {
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        guard fsync(directory.number) == 0 else { throw HostError.last("fsync", path) }
    }

    /// Writes out everything that the file system at `path` has not written yet.
    package static func syncFileSystem(at path: String) throws {
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        guard linux_syncfs(directory.number) == 0 else { throw HostError.last("syncfs", path) }
    }

    /// Makes sure that `path` is a directory of the caller's own that no other user can enter; its parent has to exist.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; ``HostError/malformed(_:reason:)`` where something else, a
    ///   symbolic link or another user's directory is there.
    package static func ensurePrivateDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw HostError.last("mkdir", path) }
        let found = try FileIdentity(of: path, followLinks: false)
        guard found.isDirectory, found.uid == geteuid() else {
            throw HostError.malformed(path, reason: "it is not a directory of this user's own")
        }
        guard found.mode & 0o077 != 0 else { return }
        guard chmod(path, 0o700) == 0 else { throw HostError.last("chmod", path) }
    }

    /// Makes sure that there is a directory, or a link to one; creates it with mode 0700.
    package static func ensureDirectory(_ path: String) throws {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw HostError.last("mkdir", path) }
        guard try FileIdentity(of: path).isDirectory else {
            throw HostError.malformed(path, reason: "it is not a directory")
        }
    }

    /// Creates every missing directory of `path`, each with mode 0700, and makes the last one private.
    package static func ensurePrivateTree(_ path: String) throws {
        var prefix = ""
        for part in path.pathComponents.dropLast() {
            prefix += "/\(part)"
            guard mkdir(prefix, 0o700) == 0 || errno == EEXIST else { throw HostError.last("mkdir", prefix) }
        }
        try ensurePrivateDirectory(path)
    }

    /// Creates a directory with mode 0700 and an unpredictable name.
    ///
    /// - Returns: its path.
    package static func createPrivateDirectory(in parent: String, prefix: String) throws -> String {
        var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HostError.last("mkdtemp", parent) }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The absolute path without symbolic links, as the kernel's own tables have it.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)`` where there is nothing at `path`.
    package static func realPath(_ path: String) throws -> String {
        guard let real = realpath(path, nil) else { throw HostError.last("realpath", path) }
        defer { free(real) }
        return String(cString: real)
    }

    /// Removes an empty directory, never its content.
    ///
    /// A missing directory is no error.
    package static func removeDirectory(_ path: String) throws {
        guard rmdir(path) == 0 || errno == ENOENT else { throw HostError.last("rmdir", path) }
    }
}
