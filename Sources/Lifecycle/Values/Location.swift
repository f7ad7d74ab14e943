/// Where the server's data lives: the result of `locate`.
public struct Location: Sendable {
    /// The volume that is snapshotted.
    public var volume: Volume
    /// The paths of the server's data on the volume.
    public var paths: [DataPath]
    /// Ends what the provider acquired, where it acquired anything.
    public var release: Release?

    /// Creates a location.
    public init(volume: Volume, paths: [DataPath], release: Release? = nil) {
        self.volume = volume
        self.paths = paths
        self.release = release
    }
}

/// The place of a file system, of which the storage makes snapshots.
public struct Volume: Codable, Equatable, Sendable {
    /// The name of the group that the volume belongs to.
    public var group: String
    /// The name of the volume in its group.
    public var name: String
    /// The volume's UUID; empty where the storage gives none.
    public var uuid: String
    /// The device node of the origin.
    public var device: String
    /// Major and minor number as mountinfo writes them, such as "253:0".
    public var deviceNumber: String
    /// Bytes.
    public var size: Int64
    /// Bytes that the group has free.
    public var free: Int64
    /// The pool from which the volume and its snapshots take their space; nil where each has space of its own.
    public var pool: String?
    /// The file system, such as "xfs" or "ext4".
    public var filesystem: String
    /// Every place at which the origin is mounted.
    public var mountPoints: [String]

    /// Creates the description of a volume.
    public init(
        group: String,
        name: String,
        uuid: String = "",
        device: String,
        deviceNumber: String = "",
        size: Int64,
        free: Int64,
        pool: String? = nil,
        filesystem: String,
        mountPoints: [String] = []
    ) {
        self.group = group
        self.name = name
        self.uuid = uuid
        self.device = device
        self.deviceNumber = deviceNumber
        self.size = size
        self.free = free
        self.pool = pool
        self.filesystem = filesystem
        self.mountPoints = mountPoints
    }

    /// "group/name".
    public var fullName: String { "\(group)/\(name)" }

    private enum CodingKeys: String, CodingKey {
        case group, name, uuid, device
        case deviceNumber = "device_number"
        case size, free
        // The name that hooks know.
        case pool = "thin_pool"
        case filesystem
        case mountPoints = "mount_points"
    }
}

/// A path of the server and where it is on the volume.
public struct DataPath: Codable, Equatable, Sendable {
    /// The role of the path for the server.
    public var role: DataFile.Role
    /// The absolute path, as the server sees it.
    public var path: String
    /// The same without symbolic links, where it differs.
    public var realPath: String?
    /// The path from the root of the volume's file system, without a leading slash.
    public var pathOnVolume: String
    /// The members of a directory that are the server's data, as shell patterns of names; nil for all of it.
    public var names: [String]?

    /// Creates a path on the volume.
    public init(
        role: DataFile.Role,
        path: String,
        realPath: String? = nil,
        pathOnVolume: String,
        names: [String]? = nil
    ) {
        self.role = role
        self.path = path
        self.realPath = realPath
        self.pathOnVolume = pathOnVolume
        self.names = names
    }

    private enum CodingKeys: String, CodingKey {
        case role, path
        case realPath = "real_path"
        case pathOnVolume = "path_on_volume"
        case names
    }
}
