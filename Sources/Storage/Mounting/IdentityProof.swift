package import Host
package import Lifecycle

/// Files that show whether a directory is a copy of the server's data directory.
package struct IdentityProof: Sendable {
    private let process: ServerProcess
    private let datadir: String

    package init(_ process: ServerProcess, _ datadir: String) {
        self.process = process
        self.datadir = datadir
    }

    /// A snapshot keeps inode numbers: those of the identity proof have to be the live ones.
    ///
    /// - Parameters:
    ///   - copy: the data directory in the snapshot.
    ///   - top: the root directory of the snapshot's file system, where it is known. Files outside the data directory are
    ///     looked for in it.
    /// - Throws: ``StorageError/wrongMount(_:reason:)``.
    package func prove(_ copy: HeldDirectory, in top: HeldDirectory? = nil) throws {
        let view = try ProcessView(pid: process.pid)
        let data = try view.file(datadir)
        // The volume itself, mounted once more or where it is, has the live inodes, too.
        guard try !data.identity.isSameFile(as: copy.status().identity) else {
            throw StorageError.wrongMount(copy.path, reason: "it is the live data itself, not a snapshot")
        }
        // A hook may name any mount point.
        let top = try top.flatMap { try holds($0, data, copy) ? $0 : nil }
        var isProven = false
        for path in process.openFiles {
            // A file that the server has removed meanwhile, or that is elsewhere, is no proof.
            guard let live = try? view.file(path), let (place, name) = place(of: live, data, copy, top) else {
                continue
            }
            guard try place.status(of: FileName(name))?.identity.inode == live.identity.inode else {
                throw StorageError.wrongMount(copy.path, reason: "\"\(name)\" is not a copy of the server's")
            }
            isProven = true
        }
        guard isProven else {
            throw StorageError.wrongMount(copy.path, reason: "no file shows that it is the server's data")
        }
    }

    /// Whether the copy is where the data directory is on its file system.
    private func holds(_ top: HeldDirectory, _ data: ProcessView.File, _ copy: HeldDirectory) throws -> Bool {
        let below = data.pathOnFileSystem
        let seen = try below.isEmpty ? top.status() : top.status(of: FileName(below))
        return try seen?.identity.isSameFile(as: copy.status().identity) == true
    }

    /// Where a file of the server has to be in the snapshot; nil where that is not known.
    private func place(
        of live: ProcessView.File,
        _ data: ProcessView.File,
        _ copy: HeldDirectory,
        _ top: HeldDirectory?
    ) -> (HeldDirectory, String)? {
        if live.path.isBelow(data.path) {
            return (copy, String(live.path.dropFirst(data.path.count).drop { $0 == "/" }))
        }
        guard let top, live.mount.device == data.mount.device else { return nil }
        return (top, live.pathOnFileSystem)
    }
}
