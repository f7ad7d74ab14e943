import Synchronization

/// The engine's own state of a run, beside the run's.
final class Ledger: Sendable {
    private struct State {
        var set: BackupSet?
        var suppressed: [Failure] = []
        var leaked: [Leak] = []
        var snapshotRelease: Int?
        var mountRelease: Int?
        var partialRelease: Int?
        var watch: Task<Void, Never>?
        var toldUnlock = false
    }

    private let state = Mutex(State())

    var isPublished: Bool { state.withLock { $0.set != nil } }

    /// The snapshot's entry on the release stack.
    var snapshotRelease: Int? {
        get { state.withLock { $0.snapshotRelease } }
        set { state.withLock { $0.snapshotRelease = newValue } }
    }

    /// The mount's entry on the release stack.
    var mountRelease: Int? {
        get { state.withLock { $0.mountRelease } }
        set { state.withLock { $0.mountRelease = newValue } }
    }

    /// The partial set's entry on the release stack.
    var partialRelease: Int? {
        get { state.withLock { $0.partialRelease } }
        set { state.withLock { $0.partialRelease = newValue } }
    }

    func publish(_ set: BackupSet) { state.withLock { $0.set = set } }

    func suppress(_ failure: Failure) { state.withLock { $0.suppressed.append(failure) } }

    func absorb(_ report: ReleaseRunner.Report) {
        state.withLock { state in
            for failure in report.suppressed where !state.suppressed.contains(failure) {
                state.suppressed.append(failure)
            }
            if let leak = report.leak, !state.leaked.contains(leak) { state.leaked.append(leak) }
        }
    }

    /// True for the first caller.
    func tellUnlockOnce() -> Bool {
        state.withLock { state in
            defer { state.toldUnlock = true }
            return !state.toldUnlock
        }
    }

    func startWatch(_ task: Task<Void, Never>) { state.withLock { $0.watch = task } }

    /// Ends the watch and waits until it asks nothing more, but not for ever: a question may hang in the kernel.
    ///
    /// - Returns: whether it has ended.
    func stopWatch(limit: Duration = .seconds(150)) async -> Bool {
        guard let watch = state.withLock({ $0.watch }) else { return true }
        watch.cancel()
        // The limit's own error adds no information.
        return (try? await bounded(by: limit) { await watch.value }) != nil
    }

    func fill(_ outcome: inout Outcome) {
        state.withLock { state in
            outcome.set = state.set
            outcome.suppressed = state.suppressed
            outcome.leaked = state.leaked
        }
    }
}
