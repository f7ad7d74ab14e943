import Lifecycle

/// Which trees of a mounted snapshot go into the archive.
struct SourceTrees: Equatable, Sendable {
    /// The member under which data outside the data directory is kept.
    static let outsidePrefix = "./.lvmbackup/outside"

    /// The data directory as it is mounted.
    let datadir: String
    /// Absolute paths as the server sees them, and where they are mounted; sorted, none inside another.
    let outside: [(path: String, source: String)]

    static func == (left: SourceTrees, right: SourceTrees) -> Bool {
        left.datadir == right.datadir && left.outside.map(\.path) == right.outside.map(\.path)
            && left.outside.map(\.source) == right.outside.map(\.source)
    }

    /// - Parameter paths: everything that belongs to the server's data.
    init(_ mount: Mount, _ paths: [DataPath]) {
        datadir = mount.path
        var found: [(path: String, source: String)] = []
        let sources = paths.map { (path: $0.path, source: Self.join(mount.mountPoint, $0.pathOnVolume)) }
        for candidate in sources.sorted(by: { $0.source < $1.source }) {
            let isCovered =
                Self.isInside(candidate.source, mount.path)
                || found.contains { Self.isInside(candidate.source, $0.source) }
            if !isCovered { found.append(candidate) }
        }
        outside = found
    }

    var trees: [SourceTree] {
        let data = SourceTree(root: RawPath(datadir), name: RawPath("./"), isDataDirectory: true)
        return [data]
            + outside.map { path, source in
                SourceTree(root: RawPath(source), name: RawPath(Self.outsidePrefix + path), isDataDirectory: false)
            }
    }

    private static func join(_ root: String, _ path: String) -> String {
        let root = root.hasSuffix("/") ? String(root.dropLast()) : root
        return path.isEmpty ? root : root + "/" + path
    }

    /// Whether a path is another one or lies below it.
    private static func isInside(_ path: String, _ other: String) -> Bool {
        path == other || path.hasPrefix(other.hasSuffix("/") ? other : other + "/")
    }
}
