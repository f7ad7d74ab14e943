import Host
import Testing

/// The files of this process, with a directory or file of another file system mounted at one more place.
struct MountedTree: TreeView {
    let mounts: MountInfo
    private let live: ProcessView
    private let point: String
    private let shown: String

    /// - Parameters:
    ///   - point: the place of the mount, which exists.
    ///   - shown: the path, on another file system, that is seen there.
    init(at point: String, shows shown: String) throws {
        live = try ProcessView()
        (self.point, self.shown) = (point, shown)
        var table = live.mounts
        let parent = try #require(table.covering(point))
        var entry = try #require(table.covering(shown))
        (entry.id, entry.parent, entry.mountPoint) = (999_999, parent.id, point)
        entry.mountPointBytes = Array(point.utf8)
        table.entries.append(entry)
        mounts = table
    }

    func place(of path: FileName) throws -> (base: HeldDirectory, name: FileName) {
        let path = path.description
        guard path.isBelow(point) else { return try live.place(of: FileName(path)) }
        return try live.place(of: FileName(shown + path.dropFirst(point.count)))
    }
}
