#if canImport(Glibc)
    import Glibc
#endif

/// Where a path that the operator names leads: a directory, held open, and a name in it that is no symbolic link.
///
/// Links are followed as they are found. A later link is not followed. A link in a directory that others can write to
/// may be theirs, and would lead root's acts to any place: the path is refused.
package struct FollowedPath: Sendable {
    package let directory: HeldDirectory
    package let name: FileName

    /// - Throws: ``HostError/malformed(_:reason:)`` for a link of others; ``HostError/systemCall(_:on:errno:)``, also where
    ///   there is nothing at the path.
    package init(_ path: String) throws {
        let view = try ProcessView()
        let resolved = try view.resolve(FileName(path.isAbsolutePath ? path : Self.workingDirectory() + "/" + path))
        for link in resolved.links where try !Self.isTrusted(link, in: view) {
            throw HostError.malformed(path, reason: "others could have put the symbolic link \"\(link.path)\" there")
        }
        switch resolved.end {
        case .file(let file):
            let (base, parent) = try view.place(of: file.path.parent)
            directory = HeldDirectory(try base.directory(parent), path: file.path.parent.description)
            name = file.path == .root ? "." : file.path.last
        case .missing: throw HostError.systemCall("open", on: path, errno: ENOENT)
        case .looping: throw HostError.systemCall("open", on: path, errno: ELOOP)
        case .denied: throw HostError.systemCall("open", on: path, errno: EACCES)
        }
    }

    private static func workingDirectory() throws -> String {
        guard let path = getcwd(nil, 0) else { throw HostError.last("getcwd", ".") }
        defer { free(path) }
        return String(cString: path)
    }

    /// Whether only root and the invoking user could have put the link where it is.
    ///
    /// In a directory with the sticky bit others can only put links of their own.
    private static func isTrusted(_ link: SeenFile, in view: ProcessView) throws -> Bool {
        guard let directory = try view.look(at: link.path.parent)?.status.identity else { return false }
        let trusted: Set<UInt32> = [0, geteuid()]
        guard trusted.contains(directory.uid) else { return false }
        if directory.mode & UInt32(S_IWGRP | S_IWOTH) == 0 { return true }
        let isClosed = directory.mode & UInt32(S_IWOTH) == 0
        if isClosed, try isRootsGroup(directory, link.path.parent, in: view) { return true }
        return directory.mode & UInt32(S_ISVTX) != 0 && trusted.contains(link.status.identity.uid)
    }

    /// Whether the rights of the group in the mode are those of root's own group, which is root.
    private static func isRootsGroup(_ directory: FileIdentity, _ path: FileName, in view: ProcessView) throws -> Bool {
        guard directory.gid == 0 else { return false }
        let (base, name) = try view.place(of: path)
        // A directory that cannot be opened may have a list.
        guard let held = try? base.directory(name), try held.status().identity.isSameFile(as: directory) else {
            return false
        }
        return !held.hasAccessList
    }
}

extension HeldDirectory {
    /// The directory at a path that the operator names, by trusted symbolic links; see ``FollowedPath``.
    ///
    /// - Throws: as that.
    package static func following(_ path: String) throws -> HeldDirectory {
        let followed = try FollowedPath(path)
        return HeldDirectory(try followed.directory.directory(followed.name), path: path)
    }
}
