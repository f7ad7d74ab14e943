import Archive
import Host
import LVM
import Lifecycle

/// The data of a set whose snapshot is the backup.
struct KeptData: Sendable {
    /// A set with a kept snapshot.
    private let set: HeldSet
    let snapshot: KeptSnapshot

    /// - Throws: ``ReadError/unusableSet(_:why:advice:)`` for a set without a kept snapshot.
    init(_ set: HeldSet) throws {
        self.set = set
        snapshot = try KeptSnapshot(set.manifest, of: set.name)
    }

    /// The data directory, mounted, and the other directories of data by their paths on the server's host.
    struct Place: Sendable {
        var datadir: HeldDirectory
        var outside: [String: HeldDirectory]
    }

    /// Where the data is in the mounted file system.
    ///
    /// Blocks.
    ///
    /// - Throws: ``ReadError/unusableSet(_:why:advice:)`` where the data directory is not found; `LVMError`, `HostError`.
    func place(in mounted: MountedSnapshot) throws -> Place {
        let datadir = try set.manifest.volume?.datadir ?? search(mounted)
        var place = Place(datadir: try mounted.directory(datadir), outside: [:])
        let top = try mounted.directory("")
        // A server takes the directory for a database and complains of its name. One that is missing or not empty stays.
        if datadir.isEmpty { try? top.removeDirectory("lost+found") }
        for (path, member) in (set.manifest.volume?.outside ?? [:]).sorted(by: { $0.key < $1.key }) {
            // Data that came or went since it was found is in the snapshot or is not.
            guard let status = try top.status(of: FileName(member)) else { continue }
            let directory = status.isDirectory ? path : Self.parent(of: path)
            guard !place.outside.keys.contains(where: directory.isBelow) else { continue }
            place.outside[directory] = try mounted.directory(status.isDirectory ? member : Self.parent(of: member))
        }
        return place
    }

    /// Sets of earlier releases do not tell the place: it is the longest end of the data directory's path that the file
    /// system has with a system database in it.
    private func search(_ mounted: MountedSnapshot) throws -> String {
        let parts = (set.manifest.server?.datadir ?? "").pathComponents
        let top = try mounted.directory("")
        for start in 0...parts.count {
            let candidate = parts[start...].joined(separator: "/")
            let member = FileName(candidate.isEmpty ? "mysql" : candidate + "/mysql")
            // A candidate that cannot be looked at, such as one behind a symbolic link, is none.
            if let status = try? top.status(of: member), status.isDirectory { return candidate }
        }
        throw ReadError.unusableSet(
            set.name,
            why: "no data directory is found in the snapshot \"\(snapshot.name)\"",
            advice: nil
        )
    }

    /// The path without its last component; empty for the top of the file system.
    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}

extension KeptSnapshot {
    /// The kept snapshot of a set.
    ///
    /// - Throws: ``ReadError/unusableSet(_:why:advice:)`` for a set without one.
    init(_ manifest: Manifest, of set: String) throws {
        guard manifest.archive == nil, let facts = manifest.snapshot, facts.isKept else {
            throw ReadError.unusableSet(set, why: "no kept snapshot is its backup", advice: nil)
        }
        let (started, published) = (manifest.started.seconds, manifest.published.seconds)
        let made = manifest.snapshotTaken.map { $0.seconds...$0.seconds }
        self.init(
            name: facts.name,
            uuid: facts.uuid,
            run: manifest.run,
            host: manifest.host,
            made: made ?? (started <= published ? started...published : nil)
        )
    }
}
