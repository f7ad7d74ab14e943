import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The recovery directory, held by descriptor while the recovery server runs.
struct RecoveryFiles: Sendable {
    static let server = "server"
    static let options = "my.cnf"
    static let client = "client"
    static let socket: FileName = "sock"
    /// A log is read as far as this; a longer one is no log of a recovery.
    static let longestLog = 8 << 20

    let top: HeldDirectory
    /// Root alone may enter it.
    let closed: HeldDirectory
    /// The server sees this directory, and none of the others.
    let seen: HeldDirectory
    /// The server's user has all rights in it.
    let server: HeldDirectory
    /// Root's clients find the server's socket in it.
    let client: HeldDirectory
    /// Where the server writes its messages: it has inherited the descriptor, and cannot open the file.
    let console: HeldFile
    let gid: UInt32
    /// A group of no account, without which other processes of the server's user do not come to its directory.
    var gate: UInt32?

    /// Writes a file that the server's group may read.
    ///
    /// - Throws: `HostError`.
    func write(_ text: String, to name: FileName) throws {
        let file = try seen.create(name)
        try file.write(Array(text.utf8), at: 0)
        try file.setOwner(uid: geteuid(), gid: gid)
        try file.setMode(0o640)
    }

    /// The server's messages so far.
    ///
    /// - Throws: `HostError`.
    func readLog() throws -> String {
        String(decoding: try console.read(from: 0, count: Self.longestLog), as: UTF8.self)
    }

    /// Whether it has written more than is read.
    ///
    /// - Throws: `HostError`.
    var isLogTooLong: Bool {
        get throws { try console.status().size > UInt64(Self.longestLog) }
    }

    /// Makes the file of the messages that goes into the set.
    ///
    /// - Throws: `HostError`.
    func finishLog(_ name: FileName) throws {
        let log = try readLog()
        try top.create(name).write(Array(log.utf8), at: 0)
    }

    /// Copies the log to where it outlives the run; nil where that fails.
    func keepLog(in parent: String, name: String) -> String? {
        do {
            guard mkdir(parent, 0o700) == 0 || errno == EEXIST else { throw MySQLError.last("mkdir", parent) }
            try HeldDirectory(parent).create(FileName(name)).write(Array(readLog().utf8), at: 0)
            return "\(parent)/\(name)"
        } catch {
            // The most important lines are in the error itself.
            return nil
        }
    }
}
