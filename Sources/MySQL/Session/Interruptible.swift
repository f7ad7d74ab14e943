import Lifecycle

/// A session whose statement in flight can be ended through a second one, opened beforehand.
struct Interruptible: Sendable {
    let session: Session
    let rescue: Session

    /// Sends a statement that is ended when the task is cancelled, or the limit reached.
    ///
    /// - Throws: ``MySQLError``; for an ended statement an error with ``MySQLError/isInterrupted``;
    ///   ``MySQLError/noAnswer(_:limit:)`` where it could not be ended.
    @discardableResult
    func query(_ sql: String, limit: Duration) async throws -> Rows {
        let timer = Task.detached {
            // Cancelled means answered in time.
            guard (try? await Task.sleep(for: limit)) != nil else { return false }
            await interrupt()
            return true
        }
        do {
            defer { timer.cancel() }
            return try await query(sql)
        } catch let error as MySQLError where !error.isInterrupted {
            // The session was ended for it.
            if await timer.value { throw MySQLError.noAnswer(sql, limit: limit) }
            throw error
        }
    }

    /// Sends a statement that is ended when the task is cancelled.
    ///
    /// - Throws: ``MySQLError``; for an ended statement an error with ``MySQLError/isInterrupted``.
    @discardableResult
    func query(_ sql: String, then sequel: Session.Sequel? = nil) async throws -> Rows {
        try await withTaskCancellationHandler {
            try await session.send(sql, then: sequel)
        } onCancel: {
            Task.detached { await interruptSoon() }
        }
    }

    /// Ends the statement in flight, also where the session's thread has not sent it yet.
    func interruptSoon() async {
        for _ in 1...20 where session.statementUnderWay == nil { await Interruption.pause() }
        await interrupt()
    }

    /// Ends the statement in flight, or else the session.
    func interrupt() async {
        let statement = session.statementUnderWay
        let interruption = Interruption(
            killStatement: { [self] in try await rescue.kill(.statement(session.id)) },
            isUnderWay: { [self] in statement != nil && session.statementUnderWay == statement },
            killSession: kill,
            cut: session.cut
        )
        await interruption.perform()
    }

    /// Ends the session itself, and with it all its locks.
    func kill() async {
        // Where KILL fails, the socket's end has the same effect.
        try? await bounded(by: .milliseconds(500)) { [self] in try await rescue.kill(.session(session.id)) }
        session.cut()
    }
}
