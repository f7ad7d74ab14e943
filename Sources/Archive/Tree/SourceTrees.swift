import Glibc
internal import Host
import Lifecycle

/// The trees of a mounted snapshot that go into the archive.
struct SourceTrees: Equatable, Sendable {
    /// The member under which data outside the data directory is kept.
    static let outsidePrefix = "./.lvmbackup/outside"

    /// Data outside the data directory.
    struct Outside: Equatable, Sendable {
        /// The absolute path as the server sees it.
        var path: String
        /// Where it is mounted.
        var source: String
        /// Shell patterns of the directory's archived members; nil for all of them.
        var names: [String]?

        /// The directories above it that are on the volume, too; their other members are not archived.
        func parents(on mountPoint: String) -> [Outside] {
            var parents: [Outside] = []
            var (path, source) = (path.pathComponents[...], source.pathComponents[...])
            while let name = path.popLast(), let other = source.popLast(), name.utf8.elementsEqual(other.utf8) {
                let above = "/" + source.joined(separator: "/")
                guard !path.isEmpty, isInside(above, mountPoint) else { break }
                parents.append(Outside(path: "/" + path.joined(separator: "/"), source: above, names: []))
            }
            return parents
        }

        /// Whether a path is taken with this one.
        func holds(_ other: String) -> Bool {
            guard isInside(other, source) else { return false }
            guard let names else { return true }
            guard let name = other.pathComponents.dropFirst(source.pathComponents.count).first else { return false }
            return Glob.patterns(names).contains { $0.matches(name.utf8) }
        }
    }

    private let mountPoint: String
    /// The data directory as it is mounted.
    let datadir: String
    /// Sorted, nothing in it taken twice.
    let outside: [Outside]
    /// Directories of the volume above those: members by themselves, so that they get their owner and mode back.
    let parents: [Outside]
    /// Data that the server makes anew; of a directory, the members that its patterns match.
    let temporary: [Outside]

    /// - Parameter paths: everything that belongs to the server's data.
    init(_ mount: Mount, _ paths: [DataPath]) {
        mountPoint = mount.mountPoint
        datadir = mount.path
        var found: [Outside] = []
        var parents: [String: Outside] = [:]
        let sources = paths.map { path in
            (
                role: path.role,
                tree: Outside(
                    path: path.realPath ?? path.path,
                    source: Self.join(mount.mountPoint, path.pathOnVolume),
                    names: path.names
                )
            )
        }
        // A whole directory comes before parts of the same directory.
        for candidate in sources.filter({ $0.role != .temporary }).map(\.tree).sorted(by: {
            ($0.source, $0.names == nil ? 0 : 1) < ($1.source, $1.names == nil ? 0 : 1)
        })
        where !isInside(candidate.source, mount.path) && !found.contains(where: { $0.holds(candidate.source) }) {
            for parent in candidate.parents(on: mount.mountPoint) { parents[parent.source] = parent }
            if let same = found.firstIndex(where: { $0.source == candidate.source }) {
                found[same].names = found[same].names.map { $0 + (candidate.names ?? []) }
            } else {
                found.append(candidate)
            }
        }
        outside = found
        let roots = Set(found.map(\.source))
        self.parents = parents.values.filter { parent in
            !roots.contains(parent.source) && !found.contains { $0.holds(parent.source) }
        }.sorted { $0.path < $1.path }
        temporary = sources.filter { $0.role == .temporary }.map(\.tree)
    }

    var trees: [SourceTree] {
        let data = SourceTree(root: RawPath(datadir), name: RawPath("./"), isDataDirectory: true)
        return [data]
            + (parents + outside).map { part in
                SourceTree(
                    root: RawPath(part.source),
                    name: RawPath(Self.outsidePrefix + part.path),
                    isDataDirectory: false,
                    names: part.names
                )
            }
    }

    /// Proves that no symbolic link is on the way to a tree, and that the data directory is a directory.
    ///
    /// Blocks.
    ///
    /// The server's user may have put a link there after the data was located: the walk would go by it to files of this
    /// host. The snapshot is read-only by now, so that the proof lasts.
    ///
    /// - Throws: ``ArchiveError/unarchivable(path:why:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    func proveDirect() throws(ArchiveError) {
        let top = try ArchiveError.reading { try HeldDirectory(mountPoint + "/.") }
        for source in [datadir] + (parents + outside).map(\.source) where isInside(source, mountPoint) {
            let below = source.utf8.dropFirst(mountPoint.utf8.count).drop { $0 == UInt8(ascii: "/") }
            let isDirectory: Bool?
            do {
                let name = below.isEmpty ? "." : FileName(bytes: Array(below))
                isDirectory = try ArchiveError.reading { try top.status(of: name)?.isDirectory }
            } catch .unreadable(_, _, ELOOP) {
                throw .unarchivable(path: source, why: "it is behind a symbolic link in the snapshot")
            }
            guard source != datadir || isDirectory == true else {
                throw .unarchivable(path: source, why: "it is not a directory in the snapshot")
            }
        }
    }

    private static func join(_ root: String, _ path: String) -> String {
        let root = root.hasSuffix("/") ? String(root.dropLast()) : root
        return path.isEmpty ? root : root + "/" + path
    }
}

/// Whether a path is another one or lies below it.
private func isInside(_ path: String, _ other: String) -> Bool {
    path.isBelow(other.utf8.last == UInt8(ascii: "/") ? String(other.dropLast()) : other)
}
