/// The undo of something acquired, owned and run by the engine.
///
/// Data first: what `undo` says can be run by the engine, by the guardian or by a later run, without the code that
/// acquired. The ladder is `attempt`, then `undo`, then `builtIn`; where all fail, the thing is reported as leaked
/// together with `repair`.
public struct Release: Sendable {
    /// The data form of an undo.
    public enum Undo: Codable, Equatable, Sendable {
        /// An argument vector, run without a shell.
        case exec([String])
        /// A statement for a new session to the server.
        case sql(String)
    }

    /// What has to be true for a recorded undo to be the right one, later and seen by another process.
    public struct Condition: Codable, Equatable, Sendable {
        /// A directory that has to be the very one it was.
        public var directory: String
        /// Its inode number, which outlasts a restart, as the device's number need not.
        public var inode: UInt64
        /// What tells its file system from others: the root of every one may have the same inode number.
        public var fileSystem: String?

        public init(directory: String, inode: UInt64, fileSystem: String? = nil) {
            self.directory = directory
            self.inode = inode
            self.fileSystem = fileSystem
        }
    }

    /// What is released, such as `snapshot "vg0/mysql_snapshot-7f3a"`.
    public let name: String
    public let undo: Undo?
    /// The acquirer's own function, tried first.
    public private(set) var attempt: (@Sendable () async throws -> Void)?
    /// The last resort.
    public private(set) var builtIn: (@Sendable () async throws -> Void)?
    /// How long each rung of the ladder may take.
    public var deadline: Duration
    /// The command that an operator types where all rungs fail.
    public var repair: String?

    /// A release by data, and by a function that is tried before it where one is given.
    public init(
        _ name: String,
        undo: Undo,
        deadline: Duration = .seconds(60),
        repair: String? = nil,
        attempt: (@Sendable () async throws -> Void)? = nil,
        builtIn: (@Sendable () async throws -> Void)? = nil
    ) {
        self.init(name, undo, deadline, repair, attempt, builtIn)
    }

    /// A release by a function alone: a killed run leaves its thing behind. There is none that does nothing.
    public init(
        _ name: String,
        deadline: Duration = .seconds(60),
        repair: String? = nil,
        attempt: @escaping @Sendable () async throws -> Void,
        builtIn: (@Sendable () async throws -> Void)? = nil
    ) {
        self.init(name, nil, deadline, repair, attempt, builtIn)
    }

    private init(
        _ name: String,
        _ undo: Undo?,
        _ deadline: Duration,
        _ repair: String?,
        _ attempt: (@Sendable () async throws -> Void)?,
        _ builtIn: (@Sendable () async throws -> Void)?
    ) {
        self.name = name
        self.undo = undo
        self.attempt = attempt
        self.builtIn = builtIn
        self.deadline = deadline
        self.repair = repair
    }

    /// Leaves its data only.
    mutating func forget() {
        attempt = nil
        builtIn = nil
    }
}
