/// All files as some process sees them.
///
/// Paths are absolute, and free of symbolic links up to their last component, which is not followed.
package protocol TreeView: Sendable {
    /// The mounts that the process sees.
    var mounts: MountInfo { get }

    /// Where a path is reached by descriptor: a directory, and a relative path in it.
    func place(of path: FileName) throws -> (base: HeldDirectory, name: FileName)
}

/// A file that was found in a ``TreeView``.
package struct SeenFile: Sendable {
    package let path: FileName
    package let status: FileStatus
    /// The target of a symbolic link.
    package let target: FileName?
    /// The mount that holds the file; nil where the process's table does not show it, as with a root directory that is no
    /// mount point.
    package let mount: MountInfo.Entry?
}

extension TreeView {
    /// The file at a path; nil where there is none.
    ///
    /// - Throws: ``HostError``.
    package func look(at path: FileName) throws -> SeenFile? {
        let (base, name) = try place(of: path)
        guard let status = try base.status(of: name) else { return nil }
        let target = status.isLink ? try base.target(of: name) : nil
        return SeenFile(path: path, status: status, target: target, mount: mounts.covering(path.description))
    }

    /// The members of a directory.
    ///
    /// - Throws: ``HostError``.
    package func members(of path: FileName) throws -> [(name: FileName, kind: FileStatus.Kind)] {
        let (base, name) = try place(of: path)
        return try base.directory(name).members()
    }

    /// Opens a regular file.
    ///
    /// - Throws: ``HostError``.
    package func open(_ path: FileName) throws -> HeldFile {
        let (base, name) = try place(of: path)
        return try base.file(name)
    }

    /// The first bytes of a regular file.
    ///
    /// - Throws: ``HostError``.
    package func read(_ path: FileName, count: Int) throws -> [UInt8] { try open(path).read(from: 0, count: count) }

    /// Where a path leads.
    ///
    /// - Throws: ``HostError``.
    package func resolve(_ path: FileName) throws -> ResolvedPath { try PathResolution(of: path, in: self).result }
}

extension FileName {
    package static let root: FileName = "/"

    /// The path of a member.
    package func appending(_ name: FileName) -> FileName {
        FileName(bytes: (self == .root ? [] : bytes) + [UInt8(ascii: "/")] + name.bytes)
    }

    /// The path without its last component; the root's is the root.
    package var parent: FileName {
        let end = bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0
        return end == 0 ? .root : FileName(bytes: Array(bytes[..<end]))
    }

    /// The last component.
    package var last: FileName {
        FileName(bytes: Array(bytes[(bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)...]))
    }

    /// An absolute path, relative to the root.
    var belowRoot: FileName {
        let rest = bytes.drop { $0 == UInt8(ascii: "/") }
        return rest.isEmpty ? "." : FileName(bytes: Array(rest))
    }
}
