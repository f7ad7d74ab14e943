import Lifecycle

/// A session whose statement in flight can be ended through a second one, opened beforehand.
struct Interruptible: Sendable {
    let session: Session
    let rescue: Session

    /// Sends a statement that is ended when the task is cancelled, or the limit reached.
    ///
    /// - Throws: ``MySQLError``; of an ended statement one that ``MySQLError/isInterrupted``.
    @discardableResult
    func query(_ sql: String, limit: Duration? = nil, then sequel: Session.Sequel? = nil) async throws -> Rows {
        let timer = limit.map { limit in
            Task.detached {
                // Cancelled means answered in time.
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                await interrupt()
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await session.send(sql, then: sequel)
        } onCancel: {
            Task.detached { await interrupt() }
        }
    }

    /// Ends the statement in flight; the socket is shut where the server doesn't answer.
    func interrupt() async {
        do {
            try await bounded(by: .seconds(2)) { [self] in try await rescue.kill(.statement(session.id)) }
        } catch {
            session.cut()
        }
    }

    /// Ends the session itself, and with it whatever lock it holds.
    func kill() async {
        // Where KILL fails, the socket's end has the same effect.
        try? await bounded(by: .milliseconds(500)) { [self] in try await rescue.kill(.session(session.id)) }
        session.cut()
    }
}
