package import Host

/// A snapshot, or a new volume, that a run of lvmbackup made, as its storage lists it.
package struct OwnedVolume: Sendable {
    /// The run that made a volume.
    package struct Owner: Sendable, Equatable {
        package var run: String
        package var identity: Identity
        /// The name of the snapshot's origin, by which the run lock is named; a new volume is its own origin.
        package var origin: String

        package init(run: String, identity: Identity, origin: String) {
            self.run = run
            self.identity = identity
            self.origin = origin
        }
    }

    /// Such as "vg0/mysql_snapshot-7f3a".
    package let name: String
    /// Nil where its marks do not tell.
    package let owner: Owner?
    /// Whether it is removed with its run.
    package let isActive: Bool
    /// Whether it is a kept snapshot.
    package let isKept: Bool
    /// The command that removes it, for the operator.
    package let removal: [String]
    /// Removes it, with the mounts of its run.
    ///
    /// - Parameter resumed: gets the devices that were found suspended and work again.
    package let remove: @Sendable (_ resumed: @escaping @Sendable ([String]) -> Void) async throws -> Void

    package init(
        name: String,
        owner: Owner?,
        isActive: Bool,
        isKept: Bool,
        removal: [String],
        remove: @escaping @Sendable (_ resumed: @escaping @Sendable ([String]) -> Void) async throws -> Void
    ) {
        self.name = name
        self.owner = owner
        self.isActive = isActive
        self.isKept = isKept
        self.removal = removal
        self.remove = remove
    }
}

/// Finds the volumes that runs of lvmbackup made in a storage, for the cleanup of stale runs.
package protocol OwnedVolumes: Sendable {
    /// Base names of the storage's programs that are let finish and never killed.
    var awaitedPrograms: Set<String> { get }
    /// Base names of the storage's daemons, which are left alone and not waited for.
    var ignoredPrograms: Set<String> { get }

    /// All volumes that carry lvmbackup's marks, also those of living runs and of other hosts.
    ///
    /// - Throws: where the storage cannot be asked; an absent storage has none.
    func all() async throws -> [OwnedVolume]

    /// Whether a volume exists.
    ///
    /// - Parameter uuid: of a manifest, which may be another user's.
    /// - Returns: nil for a text that is no UUID of this storage.
    func exists(uuid: String) async throws -> Bool?

    /// Lets writers go on that wait for an origin, because a command with a sudden end left it suspended.
    ///
    /// - Parameters:
    ///   - origin: the name of a run lock, also of another storage's volume.
    ///   - isDryRun: changes nothing.
    /// - Returns: the names of the devices that were, or would be, resumed.
    /// - Throws: where one cannot be resumed.
    func resume(_ origin: String, isDryRun: Bool) async throws -> [String]
}

/// An error that knows the command which mends its cause.
package protocol RepairableError: Error {
    /// As an operator types it; nil where there is none.
    var repair: String? { get }
}
