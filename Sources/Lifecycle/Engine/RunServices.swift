import Synchronization

/// The services behind a run's accessors and functions.
struct RunServices: Sendable {
    let bus: EventBus
    let hooks: HookTable
    let lockWindow: LockWindow
    let stack: ReleaseStack
    let intend: @Sendable (RecordedUndo) throws -> Void
    let settle: @Sendable ([RecordedUndo]) throws -> Void
    let statementCommand: @Sendable (String) -> String
    let tools: HookTools

    func publish(_ fact: Fact) { bus.publish(fact) }

    func grantLock(release: Release) {
        bus.holdBack(for: .seconds(1))
        lockWindow.grant(release: release)
    }

    func filter<Value: Sendable>(
        _ filter: Filter<Value>,
        _ value: Value,
        _ run: Run,
        _ judge: (Value) async throws -> Void
    ) async throws -> Value {
        try await hooks.filter(filter.name, value, run, judge)
    }
}

// MARK: Functions for hooks and providers

extension Run {
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
    /// - Parameter judge: refuses a value that a hook has changed: the failure names that hook.
    /// - Throws: the error of a hook, or of the judge.
    package func apply<Value: Sendable>(
        _ filter: Filter<Value>,
        to value: Value,
        judge: (Value) async throws -> Void = { _ in }
    ) async throws -> Value {
        try await services.filter(filter, value, self, judge)
    }

    /// Adds a release to the engine's stack.
    ///
    /// Registered before the unlock it runs right after the unlock, else with the others, newest first. Its command is
    /// recorded: where the run is killed, the guardian or a later run does it.
    public func undo(_ release: Release) {
        let scope: ReleaseStack.Scope = services.lockWindow.isSettled ? .copy : .lock
        services.stack.push(release, scope: scope, recorded: record(release))
    }

    /// Records the command of a hook's release; nil where it has none, or the record cannot be written.
    func record(_ release: Release) -> RecordedUndo? {
        guard let undo = release.undo else { return nil }
        let recorded = RecordedUndo(undo, for: .release)
        do { try services.intend(recorded) } catch {
            let reason = Failure(error).message
            warn("\"\(release.name)\" is not undone if the run is killed: it cannot be recorded: \(reason)")
            return nil
        }
        if step == .archive { update { $0.archiveRecords.append(recorded) } }
        return recorded
    }

    /// To be called when the lock was released.
    func settleLock() {
        settle(state.withLock { $0.lockRecord })
        update { $0.lockRecord = nil }
    }

    /// Takes a release that has run out of the record.
    func settle(_ recorded: RecordedUndo?) {
        guard let recorded else { return }
        // An undo that stays in the record is done once more at worst.
        try? services.settle([recorded])
        update { $0.archiveRecords.removeAll { $0 == recorded } }
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
        try intend(undo, for: .hook, only: condition)
    }

    /// Records an undo as ``intend(_:only:)`` does, with the thing that it is for.
    package func intend(
        _ undo: Release.Undo,
        for purpose: RecordedUndo.Purpose,
        only condition: Release.Condition? = nil
    ) throws {
        let recorded = RecordedUndo(undo, for: purpose, only: condition)
        try services.intend(recorded)
        if purpose == .hook, step == .archive { update { $0.archiveRecords.append(recorded) } }
    }

    /// An undo as an operator types it.
    package func command(_ undo: Release.Undo) -> String { undo.asCommand(services.statementCommand) }

    /// Records an undo durably as ``intend(_:only:)`` does.
    ///
    /// The engine runs it if the caller fails, because then no release was returned for the thing that may have been
    /// acquired.
    package func intendUntilReturn(_ undo: Release.Undo) throws {
        try intend(undo, for: .hook)
        let scope: ReleaseStack.Scope = services.lockWindow.isSettled ? .copy : .lock
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
    package var lockBudget: Duration { services.lockWindow.budget }

    /// To be called when a hook is left behind because it did not return.
    package func noteAbandoned(_ hook: String) { services.publish(.abandoned(hook: hook)) }
}

// MARK: Duties of a run on a set

extension Run {
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
}

// MARK: Duties of a provider of `lock`

extension Run {
    /// To be called right before the first statement that can block writers is sent: the timeout for the wait starts.
    ///
    /// - Parameter abort: ends the session that waits, from outside; called when the timeout for the wait has passed.
    package func lockWaitBegins(abort: @escaping @Sendable () async -> Void) {
        services.lockWindow.beginWaiting(abort: abort)
    }

    /// To be called when a wait ended without a grant, before the provider pauses and tries again.
    package func lockWaitEnds() { services.lockWindow.endWaiting() }

    /// To be called when the lock is granted, before all other work under it: the timeout for holding starts.
    ///
    /// - Parameter release: the lock's release, which the timer runs when the timeout for holding has passed.
    package func lockGranted(release: Release) {
        services.grantLock(release: release)
    }

    /// To be called when a part of the work under the lock begins; from any thread.
    package func lockPartBegins(_ part: LockTimings.Part) { services.lockWindow.begin(part) }

    /// To be called when that part has ended well; from any thread.
    package func lockPartEnds(_ part: LockTimings.Part) { services.lockWindow.end(part) }
}

// MARK: Duties of a provider of `snapshot`

extension Run {
    /// To be called by a provider that knows, while it is still at work, that the moment which the snapshot shows has
    /// passed: the lock is released at once, not only when the provider returns; from any thread.
    package func snapshotMomentPassed() {
        let window = services.lockWindow
        LockExecutor.start { _ = await window.release() }
    }
}
