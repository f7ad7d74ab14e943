internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A program as a process sees it: its file, held open, and its path in the process's root directory.
package struct ProcessProgram: Sendable {
    package let file: HeldFile
    /// Without symbolic links.
    package let path: String
    /// Whether the file has no name any more, as after an upgrade of its package.
    package let isDeleted: Bool
    private let pid: Int32?

    /// The program that a process runs.
    ///
    /// - Throws: ``HostError``.
    package init(of pid: Int32) throws {
        file = try HeldFile.program(of: pid)
        guard let link = readLink("/proc/\(pid)/exe"), let top = readLink("/proc/\(pid)/root") else {
            throw HostError.last("readlink", "/proc/\(pid)/exe")
        }
        let note = " (deleted)"
        isDeleted = link.hasSuffix(note)
        let named = isDeleted ? String(link.dropLast(note.count)) : link
        // Both are printed from the top of the namespace: a root directory below it is no part of the process's path.
        path = top != "/" && named.isBelow(top) ? String(named.dropFirst(top.count)) : named
        self.pid = pid
    }

    /// A file that is named as a process sees it, symbolic links followed.
    ///
    /// - Parameter pid: nil for the calling process.
    /// - Throws: ``HostError``.
    package init(_ path: String, seenBy pid: Int32?) throws {
        let root = try Descriptor.open("/proc/\(pid.map { "\($0)" } ?? "self")/root", O_PATH | O_DIRECTORY)
        let number = linux_open_in_root(root.number, path, true)
        guard number >= 0 else { throw HostError.last("open", path) }
        file = try HeldFile(HeldFile.reopen(Descriptor(owning: number), path, forWriting: false), path: path)
        self.path = path
        isDeleted = false
        self.pid = pid
    }

    /// Whether it is a script, which needs an interpreter and is executed by its path.
    package var isScript: Bool {
        get throws { try file.read(from: 0, count: 2) == Array("#!".utf8) }
    }

    /// Proves that root alone can change the file, or which file its path leads to.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)`` naming the file or directory that others can change.
    package func checkOwnership() throws {
        let status = try file.status()
        try Self.check(status, path)
        let root = try HeldDirectory("/proc/\(pid.map { "\($0)" } ?? "self")/root/.")
        try Self.check(root.status(), "/")
        let parts = path.pathComponents.dropLast()
        for count in parts.indices.map({ $0 - parts.startIndex + 1 }) {
            let directory = parts.prefix(count).joined(separator: "/")
            guard let found = try root.status(of: FileName(directory)) else {
                // The old release's directory may be gone with its file.
                if isDeleted { return }
                throw HostError.malformed("/" + directory, reason: "it is not there")
            }
            try Self.check(found, "/" + directory)
        }
    }

    private static func check(_ status: FileStatus, _ path: String) throws {
        let identity = status.identity
        guard identity.uid == 0 else {
            throw HostError.malformed(path, reason: "it belongs to user \(identity.uid), not to root")
        }
        // Root's own group is root.
        let others: UInt32 = identity.gid == 0 ? 0o002 : 0o022
        guard status.isLink || identity.mode & others == 0 else {
            throw HostError.malformed(path, reason: "others than root can write to it")
        }
    }
}
