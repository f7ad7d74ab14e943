import Lifecycle
import Synchronization

/// A lock that one session holds: how it ends, and whether it was held until then.
final class HeldLock: Sendable {
    private enum State: Equatable {
        case held
        case released
        case lost(String)
    }

    private let sessions: Interruptible
    private let statement: String
    private let farewell: @Sendable () async -> Void
    private let state = Mutex(State.held)
    static let question = "SELECT CONNECTION_ID() AS `id`"

    /// - Parameter farewell: called right before the release statement is sent.
    init(
        _ sessions: Interruptible,
        releasedBy statement: String,
        farewell: @escaping @Sendable () async -> Void = {}
    ) {
        self.sessions = sessions
        self.statement = statement
        self.farewell = farewell
    }

    /// The statement; then the end of the session, so that the lock is gone a second after it was to be released.
    var release: Release {
        Release(
            "lock",
            deadline: .milliseconds(900),
            repair: StatementCommand.text("KILL \(sessions.session.id)"),
            handler: { [self] in try await unlock() },
            fallback: { [self] in
                lose("its release was not answered, the session was killed")
                await sessions.kill()
            }
        )
    }

    /// Throws unless the session that got the lock has kept it until now, or until its release.
    ///
    /// - Throws: ``MySQLError/lockLost(_:)``.
    func prove() async throws {
        switch state.withLock({ $0 }) {
        case .released: return
        case .lost(let reason): throw MySQLError.lockLost(reason)
        case .held:
            try await check()
            if case .lost(let reason) = state.withLock({ $0 }) { throw MySQLError.lockLost(reason) }
        }
    }

    /// All writers wait for the statement, so the proof that the session is still the same comes after it.
    private func unlock() async throws {
        await farewell()
        do {
            try await sessions.session.query(statement)
            try await check()
            state.withLock { if $0 == .held { $0 = .released } }
            // No client waits for it: the lock has ended, and a session that is lost now reports that at its next use.
            _ = try? sessions.session.queue([MySQLContext.sessionTimeout])
        } catch {
            lose("\(error)")
            throw error
        }
    }

    private func check() async throws {
        do {
            let id = try await sessions.session.query(Self.question).scalar
            if id != "\(sessions.session.id)" { lose("the session is another one") }
        } catch {
            lose("\(error)")
            throw MySQLError.lockLost("\(error)")
        }
    }

    private func lose(_ reason: String) {
        state.withLock { if $0 == .held { $0 = .lost(reason) } }
    }
}
