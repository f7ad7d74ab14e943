/// The undo of an acquisition, owned and run by the engine.
///
/// The command `undo` is data: the engine, the guardian or a later run can run it without the code that acquired the
/// thing. The parts run in the order `handler`, `undo`, `fallback`, up to the first that succeeds. If all fail, the thing
/// is reported as leaked, with `repair`.
public struct Release: Sendable {
    /// The data form of an undo.
    public enum Undo: Codable, Equatable, Sendable {
        /// An argument vector, run without a shell.
        case exec([String])
        /// A statement for a new session to the server.
        case sql(String)
    }

    /// The conditions under which another process may later run a recorded undo.
    public struct Condition: Codable, Equatable, Sendable {
        /// A directory that has to be the very one it was.
        public var directory: String
        /// Its inode number, which outlasts a restart, as the device's number need not.
        public var inode: UInt64
        /// The identity of its file system: the roots of all file systems may have the same inode number.
        public var fileSystem: String?

        /// Creates the condition that `directory` has this inode, on this file system where it is known.
        public init(directory: String, inode: UInt64, fileSystem: String? = nil) {
            self.directory = directory
            self.inode = inode
            self.fileSystem = fileSystem
        }
    }

    /// The released thing, such as `snapshot "vg0/mysql_snapshot-7f3a"`.
    public let name: String
    /// The command: the data form, which outlives the process.
    public let undo: Undo?
    /// The handler: the acquirer's own function, tried first.
    public private(set) var handler: (@Sendable () async throws -> Void)?
    /// The last resort.
    public private(set) var fallback: (@Sendable () async throws -> Void)?
    /// How long each part may take.
    public var deadline: Duration
    /// The command that an operator types where all parts fail.
    public var repair: String?

    /// A release by data, and by a function that is tried before it where one is given.
    public init(
        _ name: String,
        undo: Undo,
        deadline: Duration = .seconds(60),
        repair: String? = nil,
        handler: (@Sendable () async throws -> Void)? = nil,
        fallback: (@Sendable () async throws -> Void)? = nil
    ) {
        self.init(name, undo, deadline, repair, handler, fallback)
    }

    /// A release by a function alone: a killed run leaves its thing behind.
    ///
    /// There is none that does nothing.
    public init(
        _ name: String,
        deadline: Duration = .seconds(60),
        repair: String? = nil,
        handler: @escaping @Sendable () async throws -> Void,
        fallback: (@Sendable () async throws -> Void)? = nil
    ) {
        self.init(name, nil, deadline, repair, handler, fallback)
    }

    private init(
        _ name: String,
        _ undo: Undo?,
        _ deadline: Duration,
        _ repair: String?,
        _ handler: (@Sendable () async throws -> Void)?,
        _ fallback: (@Sendable () async throws -> Void)?
    ) {
        self.name = name
        self.undo = undo
        self.handler = handler
        self.fallback = fallback
        self.deadline = deadline
        self.repair = repair
    }

    /// Drops the functions and keeps the data.
    mutating func forget() {
        handler = nil
        fallback = nil
    }
}
