package import Host
import Lifecycle

/// The mounts of the server's namespace that decide where its data is: those of the data's paths, above and below them.
///
/// A mount that comes or goes between `locate` and the snapshot makes the snapshot another tree than the server's.
package struct DataMounts: Sendable {
    /// Of the server.
    let pid: Int32
    /// Free of symbolic links.
    private let paths: [String]
    private let temporary: [String]
    private let seen: [MountInfo.Entry]

    init(of paths: [String], besides temporary: [String], in mounts: MountInfo, pid: Int32) {
        self.pid = pid
        self.paths = paths
        // A mount on the whole data directory is not one of temporary files.
        self.temporary = temporary.filter { directory in !paths.contains { $0.isBelow(directory) } }
        seen = mounts.entries
    }

    /// Nil for a server whose process is not known.
    ///
    /// - Throws: `HostError`, ``StorageError``
    package init?(_ locator: DataLocator, on device: DeviceNumber) throws {
        guard let pid = locator.server.process?.pid else { return nil }
        let paths = try locator.sort(on: device).here.map { $0.realPath ?? $0.path }
        self.init(of: paths, besides: locator.temporaryDirectories, in: locator.view.mounts, pid: pid)
    }

    /// Reads the table once more.
    ///
    /// - Throws: ``StorageError/mountsChanged(_:)``; `HostError` where the process has ended.
    package func check() throws {
        let changes = changes(in: try MountInfo.read(pid: pid))
        guard changes.isEmpty else { throw StorageError.mountsChanged(changes) }
    }

    /// The mounts that came and went, in words.
    func changes(in mounts: MountInfo) -> [String] {
        let now = relevant(mounts.entries)
        let came = now.filter { entry in !seen.contains { Self.isSame($0, entry) } }
        let went = relevant(seen).filter { entry in !now.contains { Self.isSame($0, entry) } }
        return came.map { "\"\($0.mountPoint)\" (\($0.source)) was mounted" }
            + went.map { "\"\($0.mountPoint)\" (\($0.source)) was unmounted" }
    }

    private func relevant(_ entries: [MountInfo.Entry]) -> [MountInfo.Entry] {
        entries.filter { entry in
            guard !NestedMounts.isArtificial(entry), !temporary.contains(where: entry.mountPoint.isBelow) else {
                return false
            }
            return paths.contains { entry.mountPoint.isBelow($0) || $0.isBelow(entry.mountPoint) }
        }
    }

    /// A remount with other options leaves the mount the same.
    private static func isSame(_ one: MountInfo.Entry, _ other: MountInfo.Entry) -> Bool {
        one.id == other.id && one.mountPoint == other.mountPoint && one.device == other.device && one.root == other.root
    }
}
