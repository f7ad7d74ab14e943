import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The user of the recovery server: the user of the live server's process, which owns the data directory.
struct ServerAccount: Equatable, Sendable {
    let uid: UInt32
    let gid: UInt32
    /// Supplementary groups; never root's.
    let groups: [UInt32]

    /// Debian's "nogroup", which owns no file.
    private static let noGroup: UInt32 = 65534

    /// - Parameters:
    ///   - pid: the live server's process; nil where it is not known.
    ///   - owner: the data directory.
    /// - Throws: ``MySQLError/account(reason:)`` where the data belongs to another user than the server's; `HostError`.
    init(of pid: Int32?, owner: FileIdentity) throws {
        guard let pid else {
            // Root's rights are not taken from a file's owner.
            guard owner.uid != 0 || geteuid() != 0 else {
                throw MySQLError.account(reason: "its process is not known, and its data belongs to root")
            }
            self.init(Account(uid: owner.uid, gid: owner.gid, groups: []))
            return
        }
        let live = try Account(of: pid)
        guard live.uid == owner.uid else {
            let reason = "the server runs as user \(live.uid), but its data directory belongs to user \(owner.uid)"
            throw MySQLError.account(reason: reason)
        }
        self.init(live)
    }

    /// A server that is not root's gets no rights of root's group, even where the live one has them: containers run
    /// programs as any user of group 0.
    ///
    /// Its files are its user's, so that it needs no group.
    private init(_ account: Account) {
        uid = account.uid
        gid = account.uid != 0 && account.gid == 0 ? Self.noGroup : account.gid
        groups = account.uid == 0 ? account.groups : account.groups.filter { $0 != 0 }
    }

    /// Nil where that is this process's own user.
    var user: Command.User? { uid == geteuid() ? nil : Command.User(uid: uid, gid: gid, groups: groups) }
}
