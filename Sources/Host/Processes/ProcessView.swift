internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// The file systems as one process sees them: its root directory and its mount namespace.
package struct ProcessView: TreeView {
    /// A file as the process finds it under some path.
    package struct File: Sendable, Equatable {
        /// The path without symbolic links.
        package var path: String
        package var identity: FileIdentity
        /// The mount that holds the file, also among stacked and bound ones.
        package var mount: MountInfo.Entry

        /// Counted from the root of the file system, without a leading slash.
        package var pathOnFileSystem: String { mount.pathOnFileSystem(path) }
    }

    package let mounts: MountInfo
    private let root: Descriptor
    private let top: HeldDirectory

    /// - Parameter pid: nil for the calling process.
    /// - Throws: ``HostError`` where the process is gone or the privilege is lacking.
    package init(pid: Int32? = nil) throws {
        let directory = pid.map { "/proc/\($0)" } ?? "/proc/self"
        root = try Descriptor.open(directory + "/root", O_PATH | O_DIRECTORY)
        top = HeldDirectory(root, path: "")
        mounts = try MountInfo(parsing: readFile(directory + "/mountinfo"))
    }

    package func place(of path: FileName) throws -> (base: HeldDirectory, name: FileName) { (top, path.belowRoot) }

    /// The file at `path`, links followed as the process would.
    ///
    /// - Parameter followsLast: whether a link at the end of the path is followed, too.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; ``HostError/malformed(_:reason:)`` where it is on a mount that
    ///   the process's table doesn't show.
    package func file(_ path: String, followsLast: Bool = true) throws -> File {
        let number = linux_open_in_root(root.number, path, followsLast)
        guard number >= 0 else { throw HostError.last("open", path) }
        let file = Descriptor(owning: number)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw HostError.last("stat", path) }
        guard let id = try mountID(file.number), let mount = mounts.entries.first(where: { $0.id == id }),
            let resolved = pathBelowRoot(file), resolved.isBelow(mount.mountPoint)
        else { throw HostError.malformed(path, reason: "its mount is not in the process's table") }
        return File(path: resolved, identity: FileIdentity(status), mount: mount)
    }

    /// Both links are printed from the same place: this process's root, or the top of the other's namespace.
    private func pathBelowRoot(_ file: Descriptor) -> String? {
        guard let top = readLink("/proc/self/fd/\(root.number)"), let path = readLink("/proc/self/fd/\(file.number)"),
            path.isBelow(top)
        else { return nil }
        if top == "/" { return path }
        return path == top ? "/" : String(path.dropFirst(top.count))
    }

    private func mountID(_ number: Int32) throws -> Int? {
        let line = try readText("/proc/self/fdinfo/\(number)").split(separator: "\n").first { $0.hasPrefix("mnt_id:") }
        return line?.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
    }
}
