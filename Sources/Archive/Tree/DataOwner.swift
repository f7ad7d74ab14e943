import CLinux
import Glibc

/// The account that owns the data directory.
///
/// A file outside the data directory that this account cannot read is no file of the server's, although a link may lead
/// to it.
struct DataOwner: Sendable {
    private let uid: uid_t
    private let gid: gid_t
    private let groups: [gid_t]

    /// - Parameter datadir: as it is mounted.
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(of datadir: RawPath) throws(ArchiveError) {
        let status = try FileStatus(of: datadir)
        uid = status.owner
        gid = status.group
        groups = Self.groups(of: status.owner, status.group)
    }

    func mayRead(_ path: RawPath, isDirectory: Bool) -> Bool {
        uid == 0
            || path.withCString { linux_may_access_as($0, isDirectory ? X_OK : R_OK, uid, gid, groups, groups.count) }
    }

    /// As the service manager sets them when it starts the server.
    private static func groups(of uid: uid_t, _ gid: gid_t) -> [gid_t] {
        var names = OwnerNames()
        let name = names.user(uid)
        guard !name.isEmpty else { return [gid] }
        var count: Int32 = 256
        var groups = [gid_t](repeating: 0, count: Int(count))
        let isComplete = RawPath(bytes: name).withCString { getgrouplist($0, gid, &groups, &count) } >= 0
        return isComplete ? Array(groups.prefix(Int(count))) : [gid]
    }
}
