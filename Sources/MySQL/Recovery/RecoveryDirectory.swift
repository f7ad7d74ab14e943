import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// The recovery server's private directory, which belongs to root.
///
/// Beside root's own files it holds the directory `private`, which root alone may enter. The server sees the directory
/// `seen` in that one, with its own directory `server` in it, at another path of its mount namespace. Other processes
/// of the server's user do not come to the server's socket, and cannot put their own into its place. Where the kernel has
/// no user namespaces, they see the same path by `/proc/PID/root`: then a group that the server alone has keeps them out.
struct RecoveryDirectory: Sendable {
    let path: String
    /// The path at which the server sees its directory.
    var seen: String

    /// The server's own: socket, pid file, temporary files.
    var own: String { seen + "/" + RecoveryFiles.server }
    var socket: String { own + "/" + RecoveryFiles.socket.description }
    /// The same socket for root's clients, which see another name of it.
    var clientSocket: String { clientHome + "/" + RecoveryFiles.socket.description }
    /// The directory of an option file for client programs.
    var clientHome: String { path + "/" + RecoveryFiles.client }
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
    /// Other users may pass through it but not list it: a replay's client is another user.
    ///
    /// - Throws: `HostError`, also where something has the name.
    func create(for account: ServerAccount) throws -> RecoveryFiles {
        let parent = try HeldDirectory(FilePath.directory(of: path))
        let top = try parent.createDirectory(FileName(FilePath.name(of: path)), mode: 0o700)
        let closed = try top.createDirectory("private", mode: 0o700)
        let seen = try closed.createDirectory("seen", mode: 0o700)
        let server = try seen.createDirectory(FileName(RecoveryFiles.server), mode: 0o700)
        _ = try server.createDirectory("tmp", mode: 0o700).setOwner(uid: account.uid, gid: account.gid)
        try server.setOwner(uid: account.uid, gid: account.gid)
        let client = try top.createDirectory(FileName(RecoveryFiles.client), mode: 0o700)
        let console = try top.create("console.log")
        let gate = account.user == nil ? nil : UnusedAccount.group
        if let gate { try seen.setOwner(uid: geteuid(), gid: gate) }
        try top.setMode(0o711)
        try seen.setMode(gate == nil ? 0o711 : 0o710)
        return RecoveryFiles(
            top: top,
            closed: closed,
            seen: seen,
            server: server,
            client: client,
            console: console,
            gid: account.gid,
            gate: gate
        )
    }

    /// Removes it and all that lies in it; where the server could write, nothing of other owners.
    ///
    /// - Throws: `HostError`.
    func remove() throws {
        let parent = try HeldDirectory(FilePath.directory(of: path))
        let name = FileName(FilePath.name(of: path))
        guard try parent.status(of: name) != nil else { return }
        try Self.clear(parent.directory(name), levels: 2)
        try parent.removeDirectory(name)
    }

    /// - Parameter levels: the levels of directories below this one that may be this user's own.
    private static func clear(_ directory: HeldDirectory, levels: Int) throws {
        for name in try directory.names() {
            guard try directory.status(of: name)?.isDirectory == true else {
                try directory.remove(name)
                continue
            }
            let below = try directory.directory(name)
            if levels > 0, try below.status().identity.uid == geteuid() {
                try clear(below, levels: levels - 1)
            } else {
                try below.empty()
            }
            try directory.removeDirectory(name)
        }
    }
}
