/// The files as a process would see them if a mounted copy of a file system lay in the place of its origin.
package struct CopiedTree: TreeView {
    private let live: ProcessView
    private let origin: DeviceNumber
    private let copy: HeldDirectory

    /// - Parameters:
    ///   - live: the process's view, whose mounts count.
    ///   - origin: the device of the file system that was copied.
    ///   - mountPoint: where the copy is mounted.
    /// - Throws: ``HostError``.
    package init(_ live: ProcessView, origin: DeviceNumber, mountPoint: String) throws {
        self.live = live
        self.origin = origin
        copy = try HeldDirectory(mountPoint)
    }

    package var mounts: MountInfo { live.mounts }

    package func place(of path: FileName) throws -> (base: HeldDirectory, name: FileName) {
        guard let mount = mounts.covering(path.description), mount.device == origin else {
            return try live.place(of: path)
        }
        let below = mount.pathOnFileSystem(path.description)
        return (copy, below.isEmpty ? "." : FileName(below))
    }

    /// Removes a link from the copy.
    ///
    /// - Throws: ``HostError``; ``HostError/malformed(_:reason:)`` for a path that is not in the copy.
    package func remove(_ link: FileName) throws {
        let (base, name) = try place(of: link)
        guard base === copy else { throw HostError.malformed(link.description, reason: "it is not in the copy") }
        try base.remove(name)
    }
}
