/// A step with the type of its result, as `after` receives it.
public struct Step<Output: Sendable>: Sendable {
    /// The name of the step.
    public let name: StepName
}

/// A step that `replace` may give another provider.
public struct ReplaceableStep<Output: Sendable>: Sendable {
    /// The name of the step.
    public let name: StepName
    /// The same step as `after` names it.
    public var step: Step<Output> { Step(name: name) }
}

extension Step<Void> {
    /// Checks of root, tools, directories and the destination.
    public static var preflight: Self { Self(name: .preflight) }
    /// The run lock, the guardian, and the plan of the snapshot.
    public static var prepare: Self { Self(name: .prepare) }
    /// The flush without a lock, before the locked one.
    public static var flush: Self { Self(name: .flush) }
}

extension Step<Connection> {
    /// The session with the server.
    public static var connect: Self { Self(name: .connect) }
}

extension Step<Location> {
    /// The search for the volume with the data.
    public static var locate: Self { Self(name: .locate) }
}

extension Step<Lock> {
    /// The lock.
    public static var lock: Self { Self(name: .lock) }
}

extension Step<Snapshot> {
    /// The snapshot.
    public static var snapshot: Self { Self(name: .snapshot) }
}

extension Step<Mount> {
    /// The mount of the snapshot.
    public static var mount: Self { Self(name: .mount) }
}

extension Step<Recovery> {
    /// The recovery of the data in the snapshot.
    public static var recover: Self { Self(name: .recover) }
}

extension Step<Verification> {
    /// The verification: of the recovered data, or of a set.
    public static var verify: Self { Self(name: .verify) }
}

extension Step<ArchivedCopy> {
    /// The archive.
    public static var archive: Self { Self(name: .archive) }
}

extension Step<BackupSet> {
    /// The publication of the set.
    public static var publish: Self { Self(name: .publish) }
}

extension Step<Retention> {
    /// The removal of older sets.
    public static var retain: Self { Self(name: .retain) }
}

extension Step<Restoration> {
    /// The restore of a set.
    public static var restore: Self { Self(name: .restore) }
}

extension ReplaceableStep<Connection> {
    /// The session with the server.
    public static var connect: Self { Self(name: .connect) }
}

extension ReplaceableStep<Location> {
    /// The search for the volume with the data.
    public static var locate: Self { Self(name: .locate) }
}

extension ReplaceableStep<Void> {
    /// The flush without a lock, before the locked one.
    public static var flush: Self { Self(name: .flush) }
}

extension ReplaceableStep<Lock> {
    /// The lock.
    public static var lock: Self { Self(name: .lock) }
}

extension ReplaceableStep<Snapshot> {
    /// The snapshot.
    public static var snapshot: Self { Self(name: .snapshot) }
}

extension ReplaceableStep<Mount> {
    /// The mount of the snapshot.
    public static var mount: Self { Self(name: .mount) }
}

extension ReplaceableStep<Recovery> {
    /// The recovery of the data in the snapshot.
    public static var recover: Self { Self(name: .recover) }
}

extension ReplaceableStep<Verification> {
    /// The verification of the recovered data.
    public static var verify: Self { Self(name: .verify) }
}

extension ReplaceableStep<ArchivedCopy> {
    /// The archive.
    public static var archive: Self { Self(name: .archive) }
}
