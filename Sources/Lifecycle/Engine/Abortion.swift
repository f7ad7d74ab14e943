import Synchronization

/// Ends a run from outside its spine, with a cause that the outcome reports in place of "cancelled".
final class Abortion: Sendable {
    private struct State {
        var cause: Failure?
        var act: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Why the run was ended; nil where it was not.
    var cause: Failure? { state.withLock { $0.cause } }

    /// - Parameter act: the act that ends the run.
    func arm(_ act: @escaping @Sendable () -> Void) {
        state.withLock { $0.act = act }
    }

    /// Ends the run.
    ///
    /// Of several causes the first counts.
    func abort(_ cause: Failure) {
        let act = state.withLock { state in
            state.cause = state.cause ?? cause
            return state.act
        }
        act?()
    }
}
