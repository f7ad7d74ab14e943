/// A lock that keeps the server's data still: the result of `lock`.
public struct Lock: Sendable {
    /// The plan's name as the configuration spells it; "none" where nothing is locked.
    public var plan: String
    /// Why this plan was chosen.
    public var reason: String
    /// Why the copy is not consistent or not complete, where the operator allowed that; nil for all others.
    public var inconsistency: String?
    /// The coordinates that were read under the lock.
    public var coordinates: Coordinates?
    /// Answers the coordinates where the provider still reads them while the snapshot is being made: under a lock that
    /// keeps commits back they cannot change.
    ///
    /// The engine asks after the unlock, or at once where hooks run under the lock. An error discards the snapshot.
    public var pendingCoordinates: (@Sendable () async throws -> Coordinates)?
    /// Throws where the lock was not held all the time until now; asked right after the snapshot, before and together
    /// with the release.
    ///
    /// Nil: the set says "unproven".
    public var proof: (@Sendable () async throws -> Void)?
    /// Nil where nothing was locked.
    public var release: Release?
    /// Whether no lock was taken, and only the lock's provider says that none is needed.
    public var isWaived = false

    /// Creates a lock that is held.
    public init(
        plan: String,
        reason: String,
        coordinates: Coordinates? = nil,
        pendingCoordinates: (@Sendable () async throws -> Coordinates)? = nil,
        proof: (@Sendable () async throws -> Void)? = nil,
        release: Release? = nil
    ) {
        self.plan = plan
        self.reason = reason
        self.coordinates = coordinates
        self.pendingCoordinates = pendingCoordinates
        self.proof = proof
        self.release = release
    }
}
