import Host
import Lifecycle

/// Proves that a directory is a copy of the server's data directory: in an empty one a server makes new files, and
/// calls that a success.
enum CopyProof {
    /// - Throws: ``MySQLError/notTheDataDirectory(_:reason:)``.
    static func check(_ mount: Mount, _ paths: CopyPaths, _ reading: ServerReading) throws {
        guard (try? FileIdentity(of: mount.path + "/mysql"))?.isDirectory == true else {
            throw MySQLError.notTheDataDirectory(mount.path, reason: "there is no database \"mysql\" in it")
        }
        let files = FileInventory(identity: reading.identity, variables: reading.variables)
        for live in files.identifying {
            guard let copy = try paths.inCopy(live), let identity = try? FileIdentity(of: copy) else {
                // Absent or unreadable is the same here.
                throw MySQLError.notTheDataDirectory(mount.path, reason: "\"\(FilePath.name(of: live))\" is missing")
            }
            guard identity.inode == (try inode(of: live, reading)) else {
                throw MySQLError.notTheDataDirectory(
                    mount.path,
                    reason: "\"\(FilePath.name(of: live))\" is another file than the live server's"
                )
            }
        }
    }

    /// The file as the server's process sees it: inode numbers of a snapshot are those of its origin.
    private static func inode(of live: String, _ reading: ServerReading) throws -> UInt64 {
        try ProcessView(pid: reading.process?.pid).file(live).identity.inode
    }
}
