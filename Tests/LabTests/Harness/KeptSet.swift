import Foundation
import Testing

/// A set whose snapshot is the backup, made by `--snapshot-only`.
///
/// The default layout's volume is its origin.
struct KeptSet: Sendable {
    let set: BackupSet
    /// The snapshot, as "group/name".
    let snapshot: String
    let isThin: Bool

    static func make(isThin: Bool) async throws -> KeptSet {
        let set = try Backup(await Backup.start(["--snapshot-only", Lab.destination]).wait()).set()
        return KeptSet(set: set, snapshot: try #require(set.manifest["snapshot"]["name"].string), isThin: isThin)
    }

    /// A checksum of each byte of the snapshot.
    func checksum() async throws -> String {
        if isThin { try await check("lvchange", "-ay", "-K", snapshot) }
        let sum = try await check("sha1sum", "/dev/\(snapshot)")
        if isThin { try await check("lvchange", "-an", snapshot) }
        return sum
    }

    /// The state that `list` shows.
    func state() async throws -> String? {
        let lines = try await check(Lab.command, "list", "--json", Lab.destination).split(separator: "\n")
        let name = set.directory.split(separator: "/").last.map(String.init)
        return try lines.map { try JSONValue(String($0)) }.first { $0["name"].string == name }?["snapshot"].string
    }

    /// Removes the snapshot, where it is still there, and the set.
    func remove() async throws {
        _ = try await run("lvremove", "-y", "-q", snapshot)
        try await check("rm", "-r", set.directory)
    }
}
