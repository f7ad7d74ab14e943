package import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The user of the recovery server: the user of the live server's process, which owns the data.
package struct ServerAccount: Equatable, Sendable {
    package let uid: UInt32
    let gid: UInt32
    /// Supplementary groups; never root's.
    let groups: [UInt32]

    /// Debian's "nogroup", which owns no file.
    private static let noGroup: UInt32 = 65534

    /// - Parameters:
    ///   - pid: the live server's process; nil where it is not known.
    ///   - owner: the data directory.
    ///   - file: a file that the server has made in its data; nil where none is known.
    /// - Throws: ``MySQLError/account(reason:)`` where the data belongs to another user than the server's; `HostError`.
    init(of pid: Int32?, owner: FileIdentity, of file: FileIdentity? = nil) throws {
        guard let pid else {
            // Root's rights are not taken from a file's owner.
            guard owner.uid != 0 || geteuid() != 0 else {
                throw MySQLError.account(reason: "its process is not known, and its data belongs to root")
            }
            self.init(ownerOf: owner)
            return
        }
        let live = try Account(of: pid)
        guard live.uid == owner.uid || Self.isShared(owner, with: live, file) else {
            let reason = "the server runs as user \(live.uid), but its data directory belongs to user \(owner.uid)"
            throw MySQLError.account(reason: reason)
        }
        self.init(live)
    }

    /// Whether root lets a server write to its data directory by a group, as Kubernetes does with `fsGroup`.
    ///
    /// The server's own files show that the directory is its data, and not any directory in which it may write.
    private static func isShared(_ directory: FileIdentity, with live: Account, _ file: FileIdentity?) -> Bool {
        let groups = [live.gid] + live.groups
        return directory.uid == 0 && directory.gid != 0 && groups.contains(directory.gid)
            && directory.mode & S_IWGRP != 0 && file?.uid == live.uid
    }

    /// The account of programs that work on the data of a set.
    ///
    /// A set chooses the owner of its data by a number, and its views and functions run with the rights of that account.
    ///
    /// - Parameter accepted: a user that the operator names beside those of the server's packages.
    /// - Throws: ``MySQLError/account(reason:)`` for data of root's, ``MySQLError/foreignOwner(_:)``.
    package init(ofSet owner: FileIdentity, accepting accepted: UInt32?) throws {
        if geteuid() == 0 {
            guard owner.uid != 0 else { throw MySQLError.account(reason: "the data of the set belongs to root") }
            guard PeerProof.accounts.contains(owner.uid) || owner.uid == accepted else {
                throw MySQLError.foreignOwner(owner.uid)
            }
        } else if owner.uid != geteuid() {
            throw MySQLError.foreignOwner(owner.uid)
        }
        self.init(ownerOf: owner)
    }

    /// The owner of a file, with the account's own group: the group of the file is a choice of the file's maker.
    private init(ownerOf file: FileIdentity) {
        let group = getpwuid(file.uid)?.pointee.pw_gid ?? Self.noGroup
        self.init(Account(uid: file.uid, gid: group, groups: []))
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
    package var user: Command.User? { uid == geteuid() ? nil : Command.User(uid: uid, gid: gid, groups: groups) }
}
