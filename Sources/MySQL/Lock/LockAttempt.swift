import Lifecycle
import Synchronization

/// One attempt to acquire the lock.
///
/// The timeout of the wait can end it at any point.
final class LockAttempt: Sendable {
    private struct State {
        var isAsking = false
        var isAborted = false
    }

    private let send: @Sendable (String, Session.Sequel?) async throws -> Void
    private let interrupt: @Sendable () async -> Void
    private let kill: @Sendable () async -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - send: sends a statement and waits for its answer.
    ///   - interrupt: ends the statement in flight.
    ///   - kill: ends the session, and with it all its locks.
    init(
        send: @escaping @Sendable (String, Session.Sequel?) async throws -> Void,
        interrupt: @escaping @Sendable () async -> Void,
        kill: @escaping @Sendable () async -> Void
    ) {
        self.send = send
        self.interrupt = interrupt
        self.kill = kill
    }

    convenience init(_ sessions: Interruptible) {
        self.init(
            send: { try await sessions.query($0, then: $1) },
            interrupt: sessions.interruptSoon,
            kill: sessions.kill
        )
    }

    /// Sends the next statement, unless the run was told to stop or the timeout has passed.
    ///
    /// - Throws: `CancellationError`, ``MySQLError/sessionClosed``, or the error of the statement.
    func query(_ sql: String, then sequel: Session.Sequel? = nil) async throws {
        try Task.checkCancellation()
        try begin()
        defer { state.withLock { $0.isAsking = false } }
        try await send(sql, sequel)
    }

    /// To be called before the lock counts as granted; from any thread.
    ///
    /// - Throws: ``MySQLError/sessionClosed``.
    func checkNotAborted() throws {
        if state.withLock({ $0.isAborted }) { throw MySQLError.sessionClosed }
    }

    /// Ends the statement in flight, so that the attempt is rolled back.
    ///
    /// Between two stages there is none, and the attempt would not notice for a while: then the session is ended.
    func abort() async {
        let isAsking = state.withLock { state in
            state.isAborted = true
            return state.isAsking
        }
        if isAsking { await interrupt() } else { await kill() }
    }

    private func begin() throws {
        let isAborted = state.withLock { state in
            if !state.isAborted { state.isAsking = true }
            return state.isAborted
        }
        if isAborted { throw MySQLError.sessionClosed }
    }
}
