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

    /// Changes a field; for the spine alone.
    func set<Value: Sendable>(_ field: WritableKeyPath<RunState, Value>, _ value: sending Value) {
        state.withLock { $0[keyPath: field] = value }
    }

    /// Changes several fields; for the spine alone.
    func update(_ change: (inout RunState) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Drops the functions of an acquired thing when it is released: a provider's function may hold the run, which
    /// would never be freed then.
    func letGo() {
        update { state in
            state.lock?.pendingCoordinates = nil
            state.lock?.proof = nil
            state.lock?.release = nil
            state.snapshot?.check = nil
            state.snapshot?.usage = nil
            state.snapshot?.keep = nil
            state.snapshot?.release.forget()
            state.mount?.makeReadOnly = nil
            state.mount?.release.forget()
            state.recovery?.inspect = nil
            state.inspect = nil
            state.location?.release = nil
            state.archive?.release = nil
        }
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
    public var isLockHeld: Bool { services.lockClock.isHeld }
    /// Whether one of the lock's timeouts has passed.
    package var isLockOverdue: Bool { services.lockClock.expiry != nil }
    /// Seconds from the grant of the lock to its release; nil before, and where nothing was locked.
    public var lockHeldSeconds: Double? { services.lockClock.heldSeconds }
    /// Seconds from the first statement that can block writers to the grant.
    public var lockWaitSeconds: Double? { services.lockClock.waitedSeconds }
    /// Seconds of the monotonic clock at which the lock was granted.
    package var lockGrantedAt: Double? { services.lockClock.grantedAt }
    /// Seconds of the monotonic clock right before the release statement was sent.
    package var lockReleaseSentAt: Double? { services.lockClock.releaseSentAt }
    /// When the snapshot's provider was asked and when it returned.
    package var snapshotSpan: SnapshotSpan? { state.withLock { $0.snapshotSpan } }
    /// The facts that the engine could not get proven, such as "lock".
    public var unproven: [String] { state.withLock { $0.unproven } }
    /// Seconds that each step took so far.
    public var timings: [StepName: Double] { state.withLock { $0.timings } }
    /// The warnings so far, in order.
    public var warnings: [String] { state.withLock { $0.warnings } }
    /// Hooks whose errors were warnings.
    package var failedHooks: [String] { state.withLock { $0.failedHooks } }

    // MARK: Functions for hooks and providers

    /// Writes a line to the log.
    public func note(_ text: String, level: Message.Level = .info) {
        services.publish(.message(Message(level: level, text: text, step: state.withLock { $0.step })))
    }

    /// A warning becomes an event and part of the outcome; the run goes on.
    public func warn(_ text: String) {
        state.withLock { $0.warnings.append(text) }
        services.publish(.warning(text))
    }

    /// To be called together with the warning of a hook's error.
    package func noteFailedHook(_ name: String) {
        state.withLock { state in
            if !state.failedHooks.contains(name) { state.failedHooks.append(name) }
        }
    }

    /// Publishes the progress of a step.
    public func progress(_ progress: Progress) {
        services.publish(.progress(progress))
    }

    /// Asks the server on a session that only reads.
    ///
    /// From `after(.recover)` to `after(.verify)` a private server on the recovered data is asked, in `after(.verify)` of a
    /// verification one on the set. It ends when the hook has returned. A provider of `lock` opens a session of its own, which the lock lives in.
    ///
    /// ```swift
    /// backup.before(.lock) { run in
    ///     let rows = try await run.sql("SELECT COUNT(*) AS n FROM shop.imports WHERE done = 0")
    ///     return rows[0]["n"]?.integer == 0 ? .proceed : .defer("an import is running")
    /// }
    /// ```
    ///
    /// - Throws: the server's error; `Failure` for a statement that may do more than read.
    public func sql(_ query: String) async throws -> [SQLRow] {
        try await services.tools.query(self, query)
    }

    /// Runs a program, never a shell.
    ///
    /// Its background processes are ended with the run.
    ///
    /// - Parameters:
    ///   - program: its name, or its path.
    ///   - arguments: the words behind the name.
    ///   - input: the program's standard input.
    ///   - timeout: after it the program is ended, and the call throws.
    ///   - accepting: exit statuses that are no error.
    ///   - reads: whether it changes nothing, so that a dry run runs it, too. Without that a dry run logs the
    ///     command and ends the hook there.
    /// - Throws: where the program cannot be started, takes longer than `timeout`, writes more than 16 MiB, or ends
    ///   with another status. The lock's budget bounds it, too.
    @discardableResult
    public func exec(
        _ program: String,
        _ arguments: [String] = [],
        input: [UInt8] = [],
        timeout: Duration = .seconds(30),
        accepting: Set<Int32> = [0],
        reads: Bool = false
    ) async throws -> ProgramResult {
        guard !isDryRun || reads else {
            note("would run: \(([program] + arguments).joined(separator: " "))", level: .notice)
            throw DryRunEnd()
        }
        let program = Program(
            path: program,
            arguments: arguments,
            input: input,
            timeout: isLockHeld ? min(timeout, lockBudget) : timeout,
            accepted: accepting
        )
        return try await services.tools.execute(self, program)
    }

    /// Lets the hooks that filter `filter` change `value`, in order.
    ///
    /// - Throws: the error of a hook. The caller validates the result.
    package func apply<Value: Sendable>(_ filter: Filter<Value>, to value: Value) async throws -> Value {
        try await services.filter(filter, value, self)
    }

    /// Adds a release to the engine's stack.
    ///
    /// Registered before the unlock it runs right after the unlock, else with the others, newest first.
    public func undo(_ release: Release) {
        services.stack.push(release, scope: services.lockClock.isSettled ? .copy : .lock)
    }

    /// Puts a release on the stack that runs at the very end of the run, after publishing.
    package func undoAtEnd(_ release: Release) { services.stack.push(release, scope: .run) }

    /// Puts a release on the stack that runs after all others: that of the run's guardian.
    package func undoLast(_ release: Release) { services.stack.push(release, scope: .last) }

    /// Records an undo durably *before* its thing is acquired, so that the guardian or a later run can do it.
    ///
    /// - Parameters:
    ///   - undo: the command or statement; it may run once more than needed.
    ///   - condition: while it is not true, the undo is kept for later.
    /// - Throws: where the record could not be written and synced.
    public func intend(_ undo: Release.Undo, only condition: Release.Condition? = nil) throws {
        try services.intend(undo, condition)
    }

    /// Records an undo durably as ``intend(_:only:)`` does.
    ///
    /// The engine runs it if the caller fails, because then no release was returned for the thing that may have been
    /// acquired.
    package func intendUntilReturn(_ undo: Release.Undo) throws {
        try services.intend(undo, nil)
        let scope: ReleaseStack.Scope = services.lockClock.isSettled ? .copy : .lock
        let id = services.stack.push(Release("the unfinished work", undo: undo), scope: scope)
        update { $0.intents.append(id) }
    }

    /// To be called when a hook or provider has returned: its result counts from now on.
    func settleIntents() {
        let intents = state.withLock { state in
            defer { state.intents = [] }
            return state.intents
        }
        for id in intents { services.stack.dismiss(id) }
    }

    /// Adds paths of the server's data that were found after `locate`.
    package func found(_ paths: [DataPath]) { update { $0.location?.paths += paths } }

    /// Adds the volume's UUID to the snapshot: under the lock there is no time to ask for it.
    package func identify(snapshotUUID uuid: String) { update { $0.snapshot?.uuid = uuid } }

    /// How long hooks may take while the lock is held.
    package var lockBudget: Duration { services.lockClock.budget }

    /// To be called when a hook is left behind because it did not return.
    package func noteAbandoned(_ hook: String) { services.publish(.abandoned(hook: hook)) }

    // MARK: Duties of a run on a set

    /// Tells hooks of the set that is restored or verified; to be called before the first step.
    package func begin(on subject: SetSubject?, request: RestoreRequest? = nil, level: String? = nil) {
        update { state in
            state.subject = subject
            state.request = request
            state.verification = level.map { Verification(level: $0) }
        }
    }

    /// Lets hooks ask a private server about the verified copy from now on.
    package func allowQuestions(_ inspect: @escaping @Sendable () -> any CopyInspecting) {
        update { $0.inspect = inspect }
    }

    // MARK: Duties of a provider of `lock`

    /// To be called right before the first statement that can block writers is sent: the timeout for the wait starts.
    ///
    /// - Parameter abort: ends the session that waits, from outside; called when the timeout for the wait has passed.
    package func lockWaitBegins(abort: @escaping @Sendable () async -> Void) {
        services.lockClock.beginWaiting(abort: abort)
    }

    /// To be called when a wait ended without a grant, before the provider pauses and tries again.
    package func lockWaitEnds() { services.lockClock.endWaiting() }

    /// To be called when the lock is granted, before all other work under it: the timeout for holding starts.
    ///
    /// - Parameter release: the lock's release, which the timer runs when the timeout for holding has passed.
    package func lockGranted(release: Release) {
        services.grantLock(release: release)
    }
}

/// The moment of the frozen image lies between these two.
package struct SnapshotSpan: Codable, Equatable, Sendable {
    /// Seconds since 1970 at which the provider was asked.
    package var time: Double
    /// Seconds of the monotonic clock at which the provider was asked.
    package var began: Double
    /// Seconds of the monotonic clock at which the provider returned.
    package var ended: Double
}

/// The state of a run.
struct RunState: Sendable {
    var step: StepName?
    var server: Server?
    var location: Location?
    var lock: Lock?
    var snapshot: Snapshot?
    var snapshotSpan: SnapshotSpan?
    var mount: Mount?
    var recovery: Recovery?
    var verification: Verification?
    var archive: ArchivedCopy?
    var set: BackupSet?
    var retention: Retention?
    var subject: SetSubject?
    var request: RestoreRequest?
    var restoration: Restoration?
    var inspect: (@Sendable () -> any CopyInspecting)?
    var isSnapshotReleased = false
    var isMountReleased = false
    var unproven: [String] = []
    var performedByHooks: Set<StepName> = []
    /// Undos that are on the stack until the hook that intended them has returned.
    var intents: [Int] = []
    var timings: [StepName: Double] = [:]
    var warnings: [String] = []
    var failedHooks: [String] = []
}
