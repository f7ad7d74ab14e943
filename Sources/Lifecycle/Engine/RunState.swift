import Synchronization

/// The state of a run.
struct RunState: Sendable {
    var step: StepName?
    var server: Server?
    var location: Location?
    var lock: Lock?
    var snapshot: Snapshot?
    var snapshotSpan: SnapshotSpan?
    var peakUsage: Double?
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
    /// The entries of the snapshot, the mount and the partial set on the release stack.
    var snapshotRelease: Int?
    var mountRelease: Int?
    var partialRelease: Int?
    var isSnapshotReleased = false
    var isMountReleased = false
    var unproven: [String] = []
    var performedByHooks: Set<StepName> = []
    /// The undos that hooks recorded in the step `archive`, and that are not done yet: they would remove a published archive.
    var archiveRecords: [RecordedUndo] = []
    /// The command of a hook's lock in the record.
    var lockRecord: RecordedUndo?
    /// Undos that are on the stack until the hook that intended them has returned.
    var intents: [Int] = []
    var timings: [StepName: Double] = [:]
    var warnings: [String] = []
    var failedHooks: [String] = []
}

// MARK: For the spine alone

extension Run {
    /// Changes a field; for the spine alone.
    func set<Value: Sendable>(_ field: WritableKeyPath<RunState, Value>, _ value: sending Value) {
        state.withLock { $0[keyPath: field] = value }
    }

    /// Changes several fields; for the spine alone.
    func update(_ change: (inout RunState) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Puts the release of a step's result on the stack.
    ///
    /// - Returns: its entry there; nil where nothing was acquired.
    @discardableResult
    func hold(_ release: Release?, until scope: ReleaseStack.Scope) -> Int? {
        guard let release else { return nil }
        let isOfHook = step.map(isPerformedByHook) ?? false
        return services.stack.push(release, scope: scope, recorded: isOfHook ? record(release) : nil)
    }

    /// To be called before the set gets its name: the guardian or a later run must not remove a published archive, or the
    /// snapshot that is the backup.
    ///
    /// - Throws: where the record cannot be written.
    func keepPublished() throws {
        var records = state.withLock { $0.archiveRecords }
        if isSnapshotOnly, let id = state.withLock({ $0.snapshotRelease }), let recorded = services.stack.recorded(id) {
            records.append(recorded)
        }
        guard !records.isEmpty else { return }
        try services.settle(records)
        update { $0.archiveRecords = [] }
    }

    /// Takes a release off the stack without running it: its thing stays.
    func keep(_ entry: (RunState) -> Int?) {
        if let id = state.withLock({ entry($0) }) { services.stack.dismiss(id) }
    }

    /// Hides a released thing from hooks.
    func noteReleased(_ entry: Int) {
        update { state in
            if entry == state.snapshotRelease { state.isSnapshotReleased = true }
            if entry == state.mountRelease { state.isMountReleased = true }
        }
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
}
