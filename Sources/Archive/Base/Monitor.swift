import Waiting

/// A value behind a lock, with a way to wait until it has changed.
///
/// `Synchronization.Mutex` has no condition to wait on; the archive's threads wait for each other.
// @unchecked: `changed` guards `state`.
final class Monitor<State>: @unchecked Sendable {
    private let changed = Condition()
    private var state: State

    init(_ state: sending State) { self.state = state }

    /// Reads the state.
    func read<Result>(_ body: (State) throws -> Result) rethrows -> Result {
        try changed.withLock { try body(state) }
    }

    /// Changes the state and wakes all waiting threads.
    func change<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        try changed.withLock {
            defer { changed.broadcast() }
            return try body(&state)
        }
    }

    /// Waits until `condition` holds, then changes the state and wakes all waiting threads.
    func wait<Result>(until condition: (State) -> Bool, then body: (inout State) throws -> Result) rethrows -> Result {
        try changed.withLock {
            defer { changed.broadcast() }
            while !condition(state) { changed.wait() }
            return try body(&state)
        }
    }
}
