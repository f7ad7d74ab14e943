/// The settings of the engine itself.
package struct EngineOptions: Sendable {
    /// Decides which steps there are.
    package var kind = RunKind.backup
    /// Whether a backup verifies the set that it has published: the step `verify` comes after `publish` then.
    package var verifiesSet = false
    /// Steps up to `prepare` for real, the rest printed.
    package var isDryRun = false
    /// No archive: the snapshot is the backup.
    package var isSnapshotOnly = false
    /// Whether a run counts as left unfinished, status 2, where a hook failed whose errors are warnings.
    package var strictHooks = false
    /// How long writers may be made to wait for the lock.
    package var lockWaitTimeout: Duration = .seconds(60)
    /// How long the lock may be held.
    package var maxLock: Duration = .seconds(30)
    /// How long a hook may take, a `replace` apart.
    package var hookTimeout: Duration = .seconds(30)
    /// How long subscribers may still take when the run has ended.
    package var hearingTimeout: Duration = .seconds(10)
    /// How long the run may take in all; nil for no limit.
    package var timeout: Duration?
    /// How an operator allows more time, as the failures advise it: the engine knows no setting's name.
    package var advice = LimitAdvice()
    /// How often the snapshot's usage is looked at while it is read.
    package var usageInterval: Duration = .seconds(2)

    /// Creates the options of the command's defaults.
    package init() {}

    /// The steps in their order.
    var steps: [StepName] {
        guard verifiesSet, kind == .backup else { return kind.steps }
        return kind.steps.filter { $0 != .verify && $0 != .retain } + [.verify, .retain]
    }
}

/// The advice of the failures of a run that reached one of its limits; nil: none.
package struct LimitAdvice: Sendable {
    /// The run took too long.
    package var timeout: String?
    /// The lock was not granted in time.
    package var lockWait: String?
    /// The lock was held too long.
    package var lockHeld: String?

    package init(timeout: String? = nil, lockWait: String? = nil, lockHeld: String? = nil) {
        self.timeout = timeout
        self.lockWait = lockWait
        self.lockHeld = lockHeld
    }
}

/// The functions by which the engine acts on the machine; the default, for tests, changes nothing.
package struct EngineEnvironment: Sendable {
    /// The name of this machine.
    package var host: String
    /// The id of the run.
    package var runID: String
    /// Runs the data form of a release.
    package var runUndo: @Sendable (Release.Undo) async throws -> Void
    /// How an operator sends a statement to the server from a shell.
    package var statementCommand: @Sendable (String) -> String = quotedForShell
    /// Records an undo durably before its thing is acquired.
    package var intend: @Sendable (RecordedUndo) throws -> Void
    /// Takes undos out of the record: they are done, or their things are to stay.
    package var settle: @Sendable ([RecordedUndo]) throws -> Void = { _ in }
    /// The services that Swift hooks reach through the run.
    package var tools = HookTools.none
    /// The clock by which the lock and the snapshot are measured.
    package var clock = EngineClock()
    /// Finds out what the run is about, before its first step.
    ///
    /// An error fails the run.
    package var begin: @Sendable (Run) async throws -> Void = { _ in }

    package init(
        host: String,
        runID: String,
        runUndo: @escaping @Sendable (Release.Undo) async throws -> Void,
        intend: @escaping @Sendable (RecordedUndo) throws -> Void
    ) {
        self.host = host
        self.runID = runID
        self.runUndo = runUndo
        self.intend = intend
    }
}
