import Host
package import Lifecycle

/// Answers questions about a copy by rows.
package protocol CopyAnswering: CopyInspecting {
    /// The rows of a statement.
    ///
    /// - Throws: ``MySQLError``, `HostError`, also of the server's start.
    func query(_ sql: String) async throws -> Rows
}

/// A private server on the recovered copy, started by the first question and ended by ``end()``.
package actor CopyInspection: CopyAnswering {
    /// Starts the server, passes its session to the closure, and shuts the server down when that returns.
    typealias Work = @Sendable (_ inspect: @escaping @Sendable (Session) async throws -> Void) async throws -> Void

    private let work: Work
    private var running: Running?

    private struct Running {
        let task: Task<Void, any Error>
        let sessions: AsyncThrowingStream<Session, any Error>
        let finish: AsyncStream<Void>.Continuation
        /// Nil until the server is ready.
        var session: Session?
    }

    init(_ work: @escaping Work) { self.work = work }

    /// The rows of a statement.
    ///
    /// - Throws: ``MySQLError``, `HostError`, also of the server's start.
    package func query(_ sql: String) async throws -> Rows { try await session().query(sql) }

    package func end() async throws {
        guard let running else { return }
        self.running = nil
        running.finish.finish()
        try await running.task.value
    }

    private func session() async throws -> Session {
        let running = self.running ?? start()
        self.running = running
        if let session = running.session { return session }
        for try await opened in running.sessions {
            self.running?.session = opened
            return opened
        }
        throw CancellationError()
    }

    private func start() -> Running {
        let (finished, finish) = AsyncStream.makeStream(of: Void.self)
        let (sessions, session) = AsyncThrowingStream.makeStream(of: Session.self)
        let task = Task { [work] in
            do {
                try await work { opened in
                    session.yield(opened)
                    for await _ in finished {}
                }
                session.finish()
            } catch {
                session.finish(throwing: error)
                throw error
            }
        }
        return Running(task: task, sessions: sessions, finish: finish)
    }
}
