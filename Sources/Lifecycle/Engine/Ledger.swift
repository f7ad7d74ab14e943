import Synchronization

/// The engine's own state of a run, beside the run's.
final class Ledger: Sendable {
    private struct State {
        var set: BackupSet?
        var suppressed: [Failure] = []
        var leaked: [Leak] = []
        var toldUnlock = false
    }

    private let state = Mutex(State())

    var isPublished: Bool { state.withLock { $0.set != nil } }

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

    func fill(_ outcome: inout Outcome) {
        state.withLock { state in
            outcome.set = state.set
            outcome.suppressed = state.suppressed
            outcome.leaked = state.leaked
        }
    }
}
