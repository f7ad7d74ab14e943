import Lifecycle
import Synchronization

/// One way up to a lock, and how the waiting clock ends it whatever the way is busy with.
final class Ascent: Sendable {
    private struct State {
        var isAsking = false
        var isGivenUp = false
    }

    private let send: @Sendable (String, Session.Sequel?) async throws -> Void
    private let interrupt: @Sendable () async -> Void
    private let kill: @Sendable () async -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - send: sends a statement and waits for its answer.
    ///   - interrupt: ends the statement in flight.
    ///   - kill: ends the session, and with it whatever it holds.
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

    /// Sends the next statement, unless the run was told to stop or the clock has given the way up.
    ///
    /// - Throws: `CancellationError`, ``MySQLError/sessionClosed``, or what the statement throws.
    func query(_ sql: String, then sequel: Session.Sequel? = nil) async throws {
        try Task.checkCancellation()
        try begin()
        defer { state.withLock { $0.isAsking = false } }
        try await send(sql, sequel)
    }

    /// To be called before the lock counts as granted; from any thread.
    ///
    /// - Throws: ``MySQLError/sessionClosed``.
    func arrive() throws {
        if state.withLock({ $0.isGivenUp }) { throw MySQLError.sessionClosed }
    }

    /// Ends the statement in flight, so that the way down is taken. Where there is none, between two stages, nothing
    /// would take notice for a while: then it is the session that ends.
    func giveUp() async {
        let isAsking = state.withLock { state in
            state.isGivenUp = true
            return state.isAsking
        }
        if isAsking { await interrupt() } else { await kill() }
    }

    private func begin() throws {
        let isGivenUp = state.withLock { state in
            if !state.isGivenUp { state.isAsking = true }
            return state.isGivenUp
        }
        if isGivenUp { throw MySQLError.sessionClosed }
    }
}
