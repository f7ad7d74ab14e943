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
    /// - Throws: ``StorageError/wrongMount(_:reason:)``.
    package func prove(_ copy: HeldDirectory) throws {
        let view = try ProcessView(pid: process.pid)
        let data = try view.file(datadir)
        // The volume itself, mounted once more or where it is, has the live inodes, too.
        guard try !data.identity.isSameFile(as: copy.status().identity) else {
            throw StorageError.wrongMount(copy.path, reason: "it is the live data itself, not a snapshot")
        }
        let base = data.path
        var isProven = false
        for path in process.openFiles {
            // A file that the server has removed meanwhile, or that is elsewhere, is no proof.
            guard let live = try? view.file(path), live.path.isBelow(base) else { continue }
            let name = live.path.dropFirst(base.count).drop { $0 == "/" }
            guard try copy.status(of: FileName(String(name)))?.identity.inode == live.identity.inode else {
                throw StorageError.wrongMount(copy.path, reason: "\"\(name)\" is not a copy of the server's")
            }
            isProven = true
        }
        guard isProven else {
            throw StorageError.wrongMount(copy.path, reason: "no file shows that it is the server's data")
        }
    }
}
