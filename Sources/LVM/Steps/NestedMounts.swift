import Host

/// The nested mounts of a data directory: their data is not on the snapshot, or not where the server sees it.
struct NestedMounts: Sendable, Equatable {
    /// File systems of other devices.
    private(set) var elsewhere: [MountInfo.Entry] = []
    /// Other directories of the same file system.
    private(set) var bound: [MountInfo.Entry] = []

    /// - Parameters:
    ///   - directory: as the process whose `mounts` these are sees it, free of symbolic links.
    ///   - device: the device that the directory is on.
    init(_ directory: String, on device: DeviceNumber, in mounts: MountInfo) {
        for entry in mounts.entries where entry.mountPoint != directory && entry.mountPoint.isBelow(directory) {
            // The server does not see a mount that another one hides.
            guard !Self.ephemeral.contains(entry.fileSystem), mounts.covering(entry.mountPoint)?.id == entry.id else {
                continue
            }
            if entry.device == device { bound.append(entry) } else { elsewhere.append(entry) }
        }
    }

    /// File systems without data that anybody expects in a backup.
    private static let ephemeral: Set<String> = [
        "autofs", "binfmt_misc", "bpf", "cgroup", "cgroup2", "debugfs", "devpts", "devtmpfs", "hugetlbfs", "mqueue",
        "nsfs", "proc", "ramfs", "securityfs", "sysfs", "tmpfs", "tracefs",
    ]
}
