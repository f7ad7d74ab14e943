import Synchronization

/// A run as its hooks and providers see it: the facts known so far, and the functions for hooks.
///
/// The engine alone changes what the accessors return, from the one task that is the run's spine.
public final class Run: Sendable {
    /// The id of the run, such as "20261122T101502Z-7f3a".
    public let id: String
    /// The name of this machine.
    public let host: String
    /// Seconds since 1970.
    public let started: Double
    /// Whether the run only prints the acts from `flush` on.
    public let isDryRun: Bool
    /// Whether the snapshot itself is the backup, and stays.
    public let isSnapshotOnly: Bool
    /// The kind of the run: a backup, a restore or a verification.
    public let kind: RunKind

    let state: Mutex<RunState>
    let services: RunServices

    init(id: String, host: String, started: Double, options: EngineOptions, services: RunServices) {
        self.id = id
        self.host = host
        self.started = started
        self.isDryRun = options.isDryRun
        self.isSnapshotOnly = options.isSnapshotOnly
        self.kind = options.kind
        self.state = Mutex(RunState())
        self.services = services
    }

    // MARK: Known facts; nil before the end of the step that finds them

    /// The server, once `connect` has ended; in a run on a set the server that was backed up.
    public var server: Server? { state.withLock { $0.server ?? $0.subject?.server } }
    /// The volume and the paths of the data, once `locate` has ended.
    public var location: Location? { state.withLock { $0.location } }
    /// The lock, once `lock` has ended; also after its release.
    public var lock: Lock? { state.withLock { $0.lock } }
    /// The snapshot, once `snapshot` has ended.
    public var snapshot: Snapshot? { state.withLock { $0.snapshot } }
    /// The mounted snapshot, once `mount` has ended.
    public var mount: Mount? { state.withLock { $0.mount } }
    /// The result of `recover`.
    public var recovery: Recovery? { state.withLock { $0.recovery } }
    /// In a verification its level is there from the beginning.
    public var verification: Verification? { state.withLock { $0.verification } }
    /// The result of `archive`.
    public var archive: ArchivedCopy? { state.withLock { $0.archive } }
    /// The set, once `publish` has ended; in a run on a set that set.
    public var set: BackupSet? { state.withLock { $0.set ?? $0.subject?.set } }
    /// The kept and removed sets, once `retain` has ended.
    public var retention: Retention? { state.withLock { $0.retention } }
    /// The task of a restore; nil in other runs.
    package var restore: RestoreRequest? { state.withLock { $0.request } }
    /// The result of `restore`.
    public var restoration: Restoration? { state.withLock { $0.restoration } }
    /// Starts a private server for questions about the verified or recovered copy; nil where there is none to ask.
    package var inspect: (@Sendable () -> any CopyInspecting)? {
        state.withLock { $0.inspect ?? ($0.isMountReleased ? nil : $0.recovery?.inspect) }
    }
    /// Whether the snapshot was removed: the accessor still says how it was called.
    package var isSnapshotReleased: Bool { state.withLock { $0.isSnapshotReleased } }
    /// Whether the snapshot was unmounted: the accessor still says where it was.
    package var isMountReleased: Bool { state.withLock { $0.isMountReleased } }
    /// Where replaying starts: the coordinates of the recovered copy, else those read under the lock.
    public var coordinates: Coordinates? {
        recovery?.coordinates ?? lock?.coordinates ?? state.withLock { $0.subject?.coordinates }
    }
    /// Whether a hook performed the step, in place of the built-in provider.
    package func isPerformedByHook(_ step: StepName) -> Bool { state.withLock { $0.performedByHooks.contains(step) } }
    /// Whether a hook is asked to perform the step before the built-in provider is.
    package func isReplaced(_ step: StepName) -> Bool { services.hooks.isReplaced(step) }
    /// The current step.
    public var step: StepName? { state.withLock { $0.step } }
    /// Whether the lock is held just now.
    public var isLockHeld: Bool { services.lockWindow.isHeld }
    /// Whether one of the lock's timeouts has passed.
    package var isLockOverdue: Bool { services.lockWindow.expiry != nil }
    /// Seconds from the grant of the lock to its release; nil before, and where nothing was locked.
    public var lockHeldSeconds: Double? { services.lockWindow.heldSeconds }
    /// Seconds from the first statement that can block writers to the grant.
    public var lockWaitSeconds: Double? { services.lockWindow.waitedSeconds }
    /// Seconds that the parts of the lock took; nil before the grant, and where nothing was locked.
    public var lockTimings: LockTimings? { services.lockWindow.timings }
    /// Seconds of the monotonic clock at which the lock was granted.
    package var lockGrantedAt: Double? { services.lockWindow.grantedAt }
    /// Seconds of the monotonic clock right before the release statement was sent.
    package var lockReleaseSentAt: Double? { services.lockWindow.releaseSentAt }
    /// When the snapshot's provider was asked and when it returned.
    package var snapshotSpan: SnapshotSpan? { state.withLock { $0.snapshotSpan } }
    /// The highest share of the snapshot, or of its pool, that was measured to be in use; nil where none was.
    package var peakUsage: Double? { state.withLock { $0.peakUsage } }
    /// The facts that the engine could not get proven, such as "lock".
    public var unproven: [String] { state.withLock { $0.unproven } }
    /// Seconds that each step took so far.
    public var timings: [StepName: Double] { state.withLock { $0.timings } }
    /// The warnings so far, in order.
    public var warnings: [String] { state.withLock { $0.warnings } }
    /// Hooks whose errors were warnings.
    package var failedHooks: [String] { state.withLock { $0.failedHooks } }
}
