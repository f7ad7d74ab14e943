/// A session with the server: the result of `connect`.
public struct Connection: Sendable {
    /// The server at the other end.
    public var server: Server
    /// Closes the session; nil where nothing stays open.
    public var release: Release?

    /// Creates a connection.
    public init(server: Server, release: Release? = nil) {
        self.server = server
        self.release = release
    }
}

/// The database server whose data is backed up.
public struct Server: Codable, Equatable, Sendable {
    /// The product, such as "mariadb", "mysql", "percona" or the name that a replaced `connect` gives.
    public var flavour: String
    /// The version as the server reports it, such as "10.11.19-MariaDB-log".
    public var version: String
    /// The identity that the server keeps in its data directory; nil where it has none.
    public var uuid: String?
    /// The absolute path of the data directory, as the server's process sees it.
    public var datadir: String
    /// Every path that belongs to the server's data.
    public var files: [DataFile]
    /// How many tables each storage engine holds, those of the system schemas apart.
    public var engines: [EngineUse]
    /// Whether the server replicates from another one.
    public var isReplica: Bool
    /// The server's process, where it could be told; with it the volume is proven to be the server's own.
    public var process: ServerProcess?
    /// Where encryption keys are, without which the data cannot be read; nil where none are known of.
    public var keys: [String]?
    /// Settings without which no other server starts on the data, such as its page size; nil where none are known.
    public var settings: [String: String]?
    /// Libraries of plug-ins without which the data cannot be read; nil where none are known of.
    public var plugins: [String]?

    /// Creates the description of a server.
    public init(
        flavour: String,
        version: String,
        uuid: String? = nil,
        datadir: String,
        files: [DataFile] = [],
        engines: [EngineUse] = [],
        isReplica: Bool = false,
        process: ServerProcess? = nil,
        keys: [String]? = nil,
        settings: [String: String]? = nil,
        plugins: [String]? = nil
    ) {
        self.flavour = flavour
        self.version = version
        self.uuid = uuid
        self.datadir = datadir
        self.files = files
        self.engines = engines
        self.isReplica = isReplica
        self.process = process
        self.keys = keys
        self.settings = settings
        self.plugins = plugins
    }

    private enum CodingKeys: String, CodingKey {
        case flavour, version, uuid, datadir, files, engines
        case isReplica = "is_replica"
        case process, keys, settings, plugins
    }
}

/// A file or directory of the server's data.
public struct DataFile: Codable, Equatable, Hashable, Sendable {
    /// The role of the path for the server.
    public var role: Role
    /// The absolute path, as the server's process sees it.
    public var path: String
    /// Whether a backup without it is no backup: it has to be on the snapshotted volume, or the run is refused.
    public var isRequired: Bool
    /// The members of a directory that are the server's data, as shell patterns of names; nil for all of it.
    public var names: [String]?
    /// The symbolic link that leads the server there, where it is not named otherwise.
    public var link: String?

    /// Creates a path of the server's data.
    public init(role: Role, path: String, isRequired: Bool = true, names: [String]? = nil, link: String? = nil) {
        self.role = role
        self.path = path
        self.isRequired = isRequired
        self.names = names
        self.link = link
    }

    private enum CodingKeys: String, CodingKey {
        case role, path
        case isRequired = "is_required"
        case names, link
    }
}

/// The tables of one storage engine.
public struct EngineUse: Codable, Equatable, Sendable {
    /// The name of the engine, such as "InnoDB".
    public var engine: String
    /// Tables that users made, in system schemas, too.
    public var userTables: Int
    /// Tables of the product itself.
    public var systemTables: Int
    /// Whether the engine has transactions.
    public var isTransactional: Bool

    /// Creates the use of an engine.
    public init(engine: String, userTables: Int, systemTables: Int, isTransactional: Bool) {
        self.engine = engine
        self.userTables = userTables
        self.systemTables = systemTables
        self.isTransactional = isTransactional
    }

    private enum CodingKeys: String, CodingKey {
        case engine
        case userTables = "user_tables"
        case systemTables = "system_tables"
        case isTransactional = "is_transactional"
    }
}

/// A process, told apart from a later one with the same number by its start time.
public struct ServerProcess: Codable, Equatable, Sendable {
    /// The process id.
    public var pid: Int32
    /// Field 22 of `/proc/PID/stat`: clock ticks since boot.
    public var startTime: UInt64
    /// Files that this process is bound to hold open in its data directory, such as `ibdata1`: their device and
    /// inode prove which volume is the server's.
    public var openFiles: [String]

    /// Creates the identity of a process.
    public init(pid: Int32, startTime: UInt64, openFiles: [String]) {
        self.pid = pid
        self.startTime = startTime
        self.openFiles = openFiles
    }

    private enum CodingKeys: String, CodingKey {
        case pid
        case startTime = "start_time"
        case openFiles = "witnesses"
    }
}
