package import Host

/// The nested mounts of a data directory: their data is not on the snapshot, or not where the server sees it.
package struct NestedMounts: Sendable, Equatable {
    /// The directories of a server that may be mounts, free of symbolic links.
    package struct Allowed: Sendable {
        /// For temporary files: a mount at or below one of them holds no data.
        package var temporary: [String] = []
        /// With binary or relay logs, without which a backup is whole.
        package var logs: [String] = []
        /// Places of data: a mount at one of them is never allowed.
        package var data: Set<String> = []

        package init(temporary: [String] = [], logs: [String] = [], data: Set<String> = []) {
            self.temporary = temporary
            self.logs = logs
            self.data = data
        }

        /// Those inside a directory: a mount there leaves the rest of the directory as it is.
        fileprivate func inside(_ directory: String) -> Allowed {
            func isInside(_ path: String) -> Bool { path != directory && path.isBelow(directory) }
            return Allowed(temporary: temporary.filter(isInside), logs: logs.filter(isInside), data: data)
        }

        fileprivate func isTemporary(_ mountPoint: String) -> Bool {
            !data.contains(mountPoint) && temporary.contains(where: mountPoint.isBelow)
        }

        /// Whether a log is below a mount point, or a mount point below the directory of a log.
        fileprivate func holdsLogs(_ mountPoint: String) -> Bool {
            !data.contains(mountPoint) && logs.contains { mountPoint.isBelow($0) || $0.isBelow(mountPoint) }
        }
    }

    /// File systems of other devices.
    package private(set) var elsewhere: [MountInfo.Entry] = []
    /// Other directories of the same file system.
    package private(set) var bound: [MountInfo.Entry] = []
    /// Single files of other devices, such as a certificate.
    package private(set) var files: [MountInfo.Entry] = []

    /// - Parameters:
    ///   - directory: as the process whose `mounts` these are sees it, free of symbolic links.
    ///   - device: the device that the directory is on.
    ///   - isDirectory: whether a mount point is a directory.
    package init(
        _ directory: String,
        on device: DeviceNumber,
        besides allowed: Allowed = Allowed(),
        in mounts: MountInfo,
        isDirectory: (String) -> Bool = { _ in true }
    ) {
        let own = mounts.covering(directory)
        let allowed = allowed.inside(directory)
        for entry in mounts.entries where entry.mountPoint != directory && entry.mountPoint.isBelow(directory) {
            // The server does not see a mount that another one hides.
            guard !Self.isArtificial(entry), mounts.covering(entry.mountPoint)?.id == entry.id,
                !allowed.isTemporary(entry.mountPoint)
            else { continue }
            if entry.device == device {
                // systemd binds each directory of ReadWritePaths onto itself.
                let place = own.map { "/" + $0.pathOnFileSystem(entry.mountPoint) }
                if entry.root != place || entry.isIDMapped { bound.append(entry) }
            } else if !isDirectory(entry.mountPoint) {
                files.append(entry)
            } else if !allowed.holdsLogs(entry.mountPoint) {
                elsewhere.append(entry)
            }
        }
    }

    /// Whether a mount is of a file system that holds no data.
    static func isArtificial(_ entry: MountInfo.Entry) -> Bool { artificial.contains(entry.fileSystem) }

    /// File systems that hold no data; those in memory do, for a server that puts tables or logs there.
    private static let artificial: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "debugfs", "devpts", "devtmpfs", "hugetlbfs", "mqueue",
        "nsfs", "proc", "securityfs", "sysfs", "tracefs",
    ]
}
