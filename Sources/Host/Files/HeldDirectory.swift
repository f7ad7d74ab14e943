internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A directory held open.
///
/// Its members are reached by this descriptor, and no path is resolved by name from the top.
///
/// No symbolic link is ever followed, and nothing but regular files and directories is opened: the owner of the
/// directory can neither redirect an act nor make it wait. Names may be relative paths that stay inside.
package final class HeldDirectory: Sendable {
    /// For messages only.
    package let path: String
    private let descriptor: Descriptor

    /// - Parameter path: trusted up to its last component, which is no symbolic link.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package init(_ path: String) throws {
        self.path = path
        descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    }

    init(_ descriptor: Descriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// - Parameter path: another one, for messages.
    convenience init(_ directory: HeldDirectory, path: String) { self.init(directory.descriptor, path: path) }

    /// For calls that take a descriptor, and for children; it is closed with this value.
    package var number: Int32 { descriptor.number }

    package func status() throws -> FileStatus { try FileStatus(of: descriptor, path) }

    /// Whether it has an access control list: the rights of the group in the mode are those of the list's mask then.
    ///
    /// A list that says no more than the mode is none.
    var hasAccessList: Bool { fgetxattr(number, "system.posix_acl_access", nil, 0) > 0 }

    // MARK: Looking

    /// The names of the members, "." and ".." left out, sorted by their bytes.
    package func names() throws -> [FileName] { try members().map(\.name) }

    /// The members with their kinds, sorted by their names' bytes.
    package func members() throws -> [(name: FileName, kind: FileStatus.Kind)] {
        // A stream has a position of its own, which two listings must not share.
        let copy = try open(".", O_RDONLY | O_DIRECTORY)
        let number = dup(copy.number)
        guard number >= 0 else { throw HostError.last("dup", path) }
        guard let stream = fdopendir(number) else {
            close(number)
            throw HostError.last("opendir", path)
        }
        defer { closedir(stream) }
        var members: [(name: FileName, kind: FileStatus.Kind)] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw HostError.last("readdir", path) }
                return members.sorted { $0.name.bytes.lexicographicallyPrecedes($1.name.bytes) }
            }
            let name = FileName(bytes: withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) })
            guard name != ".", name != ".." else { continue }
            // Some file systems, such as XFS without ftype, do not list the kind. A member that is gone is none.
            let listed = FileStatus.Kind(listed: Int(entry.pointee.d_type))
            if let kind = try listed ?? status(of: name)?.kind { members.append((name, kind)) }
        }
    }

    /// The status of a member itself, which is not opened; nil where there is none.
    package func status(of name: FileName) throws -> FileStatus? {
        guard let place = try openIfPresent(name, O_PATH | O_NOFOLLOW) else { return nil }
        return try FileStatus(of: place, describe(name))
    }

    /// Where a member that is a symbolic link points to.
    package func target(of name: FileName) throws -> FileName {
        let place = try open(name, O_PATH | O_NOFOLLOW)
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = linux_read_link(place.number, &buffer, buffer.count)
        guard length >= 0 else { throw HostError.last("readlink", describe(name)) }
        return FileName(bytes: buffer.prefix(length).map(UInt8.init(bitPattern:)))
    }

    // MARK: Opening

    /// A member that is a directory.
    package func directory(_ name: FileName) throws -> HeldDirectory {
        HeldDirectory(try open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), path: describe(name))
    }

    /// A member that is a regular file; anything else is refused without being opened.
    package func file(_ name: FileName, forWriting: Bool = false) throws -> HeldFile {
        let path = describe(name)
        let place = try open(name, O_PATH | O_NOFOLLOW)
        return try HeldFile(HeldFile.reopen(place, path, forWriting: forWriting), path: path)
    }

    /// The same; nil where there is nothing of this name.
    package func fileIfPresent(_ name: FileName, forWriting: Bool = false) throws -> HeldFile? {
        let path = describe(name)
        guard let place = try openIfPresent(name, O_PATH | O_NOFOLLOW) else { return nil }
        return try HeldFile(HeldFile.reopen(place, path, forWriting: forWriting), path: path)
    }

    // MARK: Changing

    /// Makes a new regular file, whose name has to be free, readable and writable.
    package func create(_ name: FileName, mode: UInt32 = 0o600) throws -> HeldFile {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW
        return try HeldFile(open(name, flags, mode: mode, call: "create"), path: describe(name))
    }

    /// Makes a new directory, whose name has to be free.
    package func createDirectory(_ name: FileName, mode: UInt32 = 0o700) throws -> HeldDirectory {
        let (parent, last) = try split(name)
        guard last.withCString({ mkdirat(parent.number, $0, mode) }) == 0 else {
            throw HostError.last("mkdir", describe(name))
        }
        return try directory(name)
    }

    /// Removes a member that is no directory.
    ///
    /// A missing member is no error.
    package func remove(_ name: FileName) throws { try remove(name, flags: 0, call: "unlink") }

    /// Removes an empty directory.
    ///
    /// A missing directory is no error.
    package func removeDirectory(_ name: FileName) throws {
        try remove(name, flags: Int32(AT_REMOVEDIR), call: "rmdir")
    }

    /// Gives a member another name in this directory, which has to be free.
    ///
    /// Network file systems cannot promise not to replace a member that appears at the last moment.
    package func rename(_ name: FileName, to new: FileName) throws {
        let result = name.withCString { old in
            new.withCString { new in
                let result = linux_rename_exclusive(descriptor.number, old, new)
                guard result != 0, errno == EINVAL || errno == ENOSYS else { return result }
                return renameat(descriptor.number, old, descriptor.number, new)
            }
        }
        guard result == 0 else { throw HostError.last("rename", describe(name)) }
    }

    /// Gives a member the name of another one, which is replaced in one step.
    package func replace(_ name: FileName, by new: FileName) throws {
        let result = new.withCString { new in
            name.withCString { renameat(descriptor.number, new, descriptor.number, $0) }
        }
        guard result == 0 else { throw HostError.last("rename", describe(new)) }
    }

    package func setOwner(uid: UInt32, gid: UInt32) throws {
        guard fchown(descriptor.number, uid, gid) == 0 else { throw HostError.last("chown", path) }
    }

    package func setMode(_ mode: UInt32) throws {
        guard fchmod(descriptor.number, mode) == 0 else { throw HostError.last("chmod", path) }
    }

    /// Makes names that were created, renamed or removed in it survive a power cut.
    package func sync() throws {
        guard fsync(descriptor.number) == 0 else { throw HostError.last("fsync", path) }
    }

    // MARK: By descriptor

    private func remove(_ name: FileName, flags: Int32, call: String) throws {
        let (parent, last) = try split(name)
        guard last.withCString({ unlinkat(parent.number, $0, flags) }) == 0 || errno == ENOENT else {
            throw HostError.last(call, describe(name))
        }
    }

    /// The directory of the last component, for calls that resolve nothing but that.
    private func split(_ name: FileName) throws -> (Descriptor, FileName) {
        guard let slash = name.bytes.lastIndex(of: UInt8(ascii: "/")) else { return (descriptor, name) }
        let parent = try open(FileName(bytes: Array(name.bytes[..<slash])), O_PATH | O_DIRECTORY)
        return (parent, FileName(bytes: Array(name.bytes[(slash + 1)...])))
    }

    private func openIfPresent(_ name: FileName, _ flags: Int32) throws -> Descriptor? {
        do { return try open(name, flags) } catch HostError.systemCall(_, _, ENOENT) { return nil }
    }

    private func open(_ name: FileName, _ flags: Int32, mode: UInt32 = 0, call: String = "open") throws -> Descriptor {
        // The kernel refuses it beside O_PATH.
        let flags = flags & O_PATH == 0 ? flags | O_NONBLOCK : flags
        while true {
            let number = name.withCString { linux_open_beneath(descriptor.number, $0, flags, mode) }
            if number >= 0 { return Descriptor(owning: number) }
            // A rename elsewhere while ".." was resolved, or a signal: the kernel asks to try again.
            guard errno == EAGAIN || errno == EINTR else { throw HostError.last(call, describe(name)) }
        }
    }

    private func describe(_ name: FileName) -> String { "\(path)/\(name)" }
}
