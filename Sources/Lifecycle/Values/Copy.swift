/// The snapshot's file system, mounted: the result of `mount`.
public struct Mount: Sendable {
    /// The server's data directory inside the mounted snapshot: the tree that is archived.
    public var path: String
    /// Where the root of the snapshot's file system is mounted.
    public var mountPoint: String
    /// Makes it read-only for the archive, where the provider can.
    public var makeReadOnly: (@Sendable () async throws -> Void)?
    /// The release that unmounts it.
    public var release: Release

    /// Creates the description of a mounted snapshot.
    public init(
        path: String,
        mountPoint: String,
        makeReadOnly: (@Sendable () async throws -> Void)? = nil,
        release: Release
    ) {
        self.path = path
        self.mountPoint = mountPoint
        self.makeReadOnly = makeReadOnly
        self.release = release
    }
}

/// How the copy was brought into a state that any server starts on: the result of `recover`.
public struct Recovery: Sendable {
    /// Whether the data was recovered and shut down in good order.
    public var clean: Bool
    /// The coordinates of the recovered copy itself, where they are more exact than those read under the lock.
    public var coordinates: Coordinates?
    /// The path of the recovery server's log; it becomes part of the set.
    public var log: String?
    /// Starts a private server on the recovered copy once more, for questions about it; nil where the provider cannot.
    package var inspect: (@Sendable () -> any CopyInspecting)?

    /// Creates the result of a recovery.
    public init(clean: Bool, coordinates: Coordinates? = nil, log: String? = nil) {
        self.clean = clean
        self.coordinates = coordinates
        self.log = log
    }
}

/// Questions about the recovered copy, by a private server that lives as long as they take.
package protocol CopyInspecting: Sendable {
    /// Ends the server, if there is one.
    ///
    /// - Throws: where it did not shut down in good order: the copy may not be as it was then.
    func end() async throws
}

/// How far a copy or a set was checked: the result of `verify`.
///
/// Numbers are those of the built-in provider.
public struct Verification: Codable, Equatable, Sendable {
    /// The level of the checks, such as "checksums", "structure" or "start".
    public var level: String
    /// Files whose checksums were compared.
    public var files: Int?
    /// Bytes of data, holes left out.
    public var bytes: Int64?
    /// Tablespaces and tables that check programs read.
    public var tableFiles: Int?
    /// Tables that a private server checked.
    public var tables: Int?
    /// Files that check programs could not read, each with the reason.
    public var leftOut: [String]?

    /// Creates the result of a verification.
    public init(level: String) { self.level = level }

    private enum CodingKeys: String, CodingKey {
        case level, files, bytes
        case tableFiles = "table_files"
        case tables
        case leftOut = "left_out"
    }
}
