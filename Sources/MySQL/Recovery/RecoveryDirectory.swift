import Host
import Lifecycle

/// The recovery server's private directory: root's own, with one directory in it that the server may write to.
struct RecoveryDirectory: Sendable {
    let path: String
    /// The same as the server's root directory shows it.
    var seen: String

    /// The server's own: socket, pid file, temporary files.
    var own: String { seen + "/" + RecoveryFiles.server }
    var socket: String { own + "/sock" }
    var optionFile: String { seen + "/" + RecoveryFiles.options }
    /// The server's messages, once it is gone.
    var log: String { path + "/recovery.log" }

    init(path: String) { (self.path, seen) = (path, path) }

    /// A place of the run's own, with an unpredictable name.
    ///
    /// The directory is not made yet.
    ///
    /// Not in the run's other directory: only root may pass through that one, and the server runs as another user.
    init(of run: String, in parent: String) {
        self.init(path: "\(parent)/lvmbackup-\(run)-\(String(UInt32.random(in: .min ... .max), radix: 16))")
    }

    /// Removes it with all that a killed run left in it.
    ///
    /// It never holds a mount.
    var undo: Release.Undo { .exec(["rm", "-rf", "--one-file-system", "--", path]) }

    /// Makes the directory.
    ///
    /// Other users may pass through it but not list it.
    ///
    /// - Throws: `HostError`, also where something has the name.
    func create(for account: ServerAccount) throws -> RecoveryFiles {
        let parent = try HeldDirectory(FilePath.directory(of: path))
        let top = try parent.createDirectory(FileName(FilePath.name(of: path)), mode: 0o700)
        let server = try top.createDirectory(FileName(RecoveryFiles.server), mode: 0o700)
        _ = try server.createDirectory("tmp", mode: 0o700).setOwner(uid: account.uid, gid: account.gid)
        try server.setOwner(uid: account.uid, gid: account.gid)
        let console = try top.create("console.log")
        try top.setMode(0o711)
        return RecoveryFiles(top: top, server: server, console: console, gid: account.gid)
    }

    /// Removes it and all that lies in it; where the server could write, nothing of other owners.
    ///
    /// - Throws: `HostError`.
    func remove() throws {
        let parent = try HeldDirectory(FilePath.directory(of: path))
        let name = FileName(FilePath.name(of: path))
        guard try parent.status(of: name) != nil else { return }
        let top = try parent.directory(name)
        for name in try top.names() {
            guard try top.status(of: name)?.isDirectory == true else {
                try top.remove(name)
                continue
            }
            try top.directory(name).empty()
            try top.removeDirectory(name)
        }
        try parent.removeDirectory(name)
    }
}
