package import Host

/// The nested mounts of a data directory: their data is not on the snapshot, or not where the server sees it.
package struct NestedMounts: Sendable, Equatable {
    /// File systems of other devices.
    package private(set) var elsewhere: [MountInfo.Entry] = []
    /// Other directories of the same file system.
    package private(set) var bound: [MountInfo.Entry] = []

    /// - Parameters:
    ///   - directory: as the process whose `mounts` these are sees it, free of symbolic links.
    ///   - device: the device that the directory is on.
    ///   - temporary: the server's directories for temporary files, free of symbolic links. A mount there holds no data.
    package init(
        _ directory: String,
        on device: DeviceNumber,
        besides temporary: [String] = [],
        in mounts: MountInfo
    ) {
        let temporary = temporary.filter { $0 != directory && $0.isBelow(directory) }
        for entry in mounts.entries where entry.mountPoint != directory && entry.mountPoint.isBelow(directory) {
            // The server does not see a mount that another one hides.
            guard !Self.isArtificial(entry), mounts.covering(entry.mountPoint)?.id == entry.id,
                !temporary.contains(where: entry.mountPoint.isBelow)
            else { continue }
            if entry.device == device { bound.append(entry) } else { elsewhere.append(entry) }
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
