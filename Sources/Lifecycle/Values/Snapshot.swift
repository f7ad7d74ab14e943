/// A frozen image of the volume: the result of `snapshot`.
public struct Snapshot: Sendable {
    /// How messages and the manifest name it, such as "vg0/mysql_snapshot-7f3a".
    public var name: String
    /// The device node that `mount` mounts.
    public var device: String
    /// The snapshot's UUID; empty where the storage gives none.
    public var uuid: String
    /// Whether it takes its space from its volume's pool.
    public var isInPool: Bool
    /// Seconds that the creating command took.
    public var creationSeconds: Double?
    /// Throws where the snapshot is no longer valid; asked after the last byte was read.
    ///
    /// Nil: "unproven".
    public var check: (@Sendable () async throws -> Void)?
    /// How full the snapshot's space is, 0…1: its own, or the pool's; nil where it cannot be told.
    ///
    /// Asked again and again while the snapshot is read. Throws ``SnapshotLost`` to end the run at once; any other
    /// error is a warning.
    public var usage: (@Sendable () async throws -> Double?)?
    /// Turns it from the run's own into a kept snapshot; nil where the provider cannot.
    public var keep: (@Sendable () async throws -> Void)?
    /// The release that removes it.
    public var release: Release

    /// Creates the description of a snapshot.
    public init(
        name: String,
        device: String,
        uuid: String = "",
        isInPool: Bool = false,
        creationSeconds: Double? = nil,
        check: (@Sendable () async throws -> Void)? = nil,
        usage: (@Sendable () async throws -> Double?)? = nil,
        keep: (@Sendable () async throws -> Void)? = nil,
        release: Release
    ) {
        self.name = name
        self.device = device
        self.uuid = uuid
        self.isInPool = isInPool
        self.creationSeconds = creationSeconds
        self.check = check
        self.usage = usage
        self.keep = keep
        self.release = release
    }
}

/// The snapshot cannot become a good copy any more, or must not stay.
public struct SnapshotLost: ExplainedError {
    /// The reason why the snapshot is lost.
    public let failure: Failure

    /// Creates the error from its cause.
    public init(_ cause: any Error) { failure = Failure(cause) }
}
