internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// The identity with which a process reaches files.
package struct Account: Codable, Hashable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// Supplementary groups.
    package var groups: [UInt32]

    package init(uid: UInt32, gid: UInt32, groups: [UInt32]) {
        self.uid = uid
        self.gid = gid
        self.groups = groups
    }

    /// Reads the lines "Uid:", "Gid:" and "Groups:" of `/proc/PID/status`.
    ///
    /// The fourth number of a line is the one for files.
    ///
    /// - Throws: ``HostError/malformed(_:reason:)``; ``HostError/systemCall(_:on:errno:)`` where the process is gone.
    package init(of pid: Int32) throws {
        let path = "/proc/\(pid)/status"
        let lines = try readText(path).split(separator: "\n")
        func numbers(_ key: String) -> [UInt32] {
            let line = lines.first { $0.hasPrefix(key) } ?? ""
            return line.dropFirst(key.count).split(whereSeparator: \.isWhitespace).compactMap { UInt32($0) }
        }
        let (users, groups) = (numbers("Uid:"), numbers("Gid:"))
        guard users.count == 4, groups.count == 4 else {
            throw HostError.malformed(path, reason: "no user and group are in it")
        }
        self.init(uid: users[3], gid: groups[3], groups: numbers("Groups:"))
    }

    /// Runs `body` with this account's rights to files, on a thread that belongs to the caller alone.
    ///
    /// The rights stay as they are where this process is not root, or the account is root.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; what `body` throws.
    package func assumed<Value>(_ body: () throws -> Value) throws -> Value {
        guard geteuid() == 0, uid != 0 else { return try body() }
        let own = try Account.own()
        defer {
            // A thread that kept the wrong identity would go on with it unnoticed.
            precondition(linux_assume_account(own.uid, own.gid, own.groups, own.groups.count) == 0)
        }
        guard linux_assume_account(uid, gid, groups, groups.count) == 0 else {
            throw HostError.last("setfsuid", "\(uid)")
        }
        return try body()
    }

    private static func own() throws -> Account {
        var groups = [gid_t](repeating: 0, count: Int(max(0, getgroups(0, nil))))
        guard getgroups(Int32(groups.count), &groups) >= 0 else { throw HostError.last("getgroups", "this process") }
        return Account(uid: geteuid(), gid: getegid(), groups: groups)
    }
}
