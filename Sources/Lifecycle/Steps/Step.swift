/// A step with the type of its result, as `after` receives it.
public struct Step<Output: Sendable>: Sendable {
    public let name: StepName
}

/// A step that `replace` may give another provider.
public struct ReplaceableStep<Output: Sendable>: Sendable {
    public let name: StepName
    /// The same step as `after` names it.
    public var step: Step<Output> { Step(name: name) }
}

extension Step<Void> {
    public static var preflight: Self { Self(name: .preflight) }
    public static var flush: Self { Self(name: .flush) }
}

extension Step<Connection> { public static var connect: Self { Self(name: .connect) } }
extension Step<Location> { public static var locate: Self { Self(name: .locate) } }
extension Step<Lock> { public static var lock: Self { Self(name: .lock) } }
extension Step<Snapshot> { public static var snapshot: Self { Self(name: .snapshot) } }
extension Step<Mount> { public static var mount: Self { Self(name: .mount) } }
extension Step<Recovery> { public static var recover: Self { Self(name: .recover) } }
extension Step<Verification> { public static var verify: Self { Self(name: .verify) } }
extension Step<ArchivedCopy> { public static var archive: Self { Self(name: .archive) } }
extension Step<BackupSet> { public static var publish: Self { Self(name: .publish) } }
extension Step<Retention> { public static var retain: Self { Self(name: .retain) } }
extension Step<Restoration> { public static var restore: Self { Self(name: .restore) } }

extension ReplaceableStep<Connection> { public static var connect: Self { Self(name: .connect) } }
extension ReplaceableStep<Location> { public static var locate: Self { Self(name: .locate) } }
extension ReplaceableStep<Void> { public static var flush: Self { Self(name: .flush) } }
extension ReplaceableStep<Lock> { public static var lock: Self { Self(name: .lock) } }
extension ReplaceableStep<Snapshot> { public static var snapshot: Self { Self(name: .snapshot) } }
extension ReplaceableStep<Mount> { public static var mount: Self { Self(name: .mount) } }
extension ReplaceableStep<Recovery> { public static var recover: Self { Self(name: .recover) } }
extension ReplaceableStep<Verification> { public static var verify: Self { Self(name: .verify) } }
extension ReplaceableStep<ArchivedCopy> { public static var archive: Self { Self(name: .archive) } }
