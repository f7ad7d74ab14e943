import Archive
import Host
import Lifecycle

/// The patterns of the configuration against the server's files, before there is a lock or a snapshot.
struct LivePatterns {
    private let patterns: [String]
    private let location: Location

    init(_ patterns: [String], _ location: Location) { (self.patterns, self.location) = (patterns, location) }

    /// A file system that this process does not see mounted is looked at in its snapshot.
    ///
    /// - Throws: `ArchiveError`.
    func check() async throws {
        guard !patterns.isEmpty, let mountPoint = location.volume.mountPoints.first,
            let data = location.paths.first(where: { $0.role == .datadir })
        else { return }
        let root = mountPoint == "/" ? "" : mountPoint
        let live = Mount(
            path: data.pathOnVolume.isEmpty ? mountPoint : "\(root)/\(data.pathOnVolume)",
            mountPoint: mountPoint,
            release: Release("nothing") {}
        )
        let (patterns, paths) = (patterns, location.paths)
        try await SerialThread.looking(name: "patterns") { try EssentialFiles(live, paths).refuse(patterns) }
    }
}
