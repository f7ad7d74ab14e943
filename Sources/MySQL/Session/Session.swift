import Host
import Lifecycle
import Synchronization

/// A session to a server, on a thread of its own; statements are sent one at a time, in order.
package final class Session: Sendable {
    private let connection: ClientConnection
    private let thread: SerialThread
    private let log: StatementLog?
    private let progress = Mutex((number: 0, isUnderWay: false))
    /// `CONNECTION_ID()`.
    package let id: UInt64

    /// Opens a session.
    ///
    /// - Parameters:
    ///   - log: gets every statement.
    ///   - settings: the session variables that it begins with.
    /// - Throws: ``MySQLError/optionFile(_:reason:)``, ``MySQLError/connection(to:number:message:)``, or
    ///   ``MySQLError/statement(_:number:message:)`` where a variable cannot be set.
    package static func open(
        _ options: ConnectionOptions,
        log: StatementLog? = nil,
        settings: SessionSettings = .all
    ) async throws -> Session {
        let connection = ClientConnection()
        let thread = SerialThread(name: "mysql")
        let id = try await connect(connection, on: thread, options)
        let session = Session(connection, thread, id: id, log: log)
        do { try await session.apply(settings) } catch {
            session.cut()
            throw error
        }
        return session
    }

    /// The client library's time limit counts for each piece of a greeting: a server that sends a byte now and then would
    /// keep it for ever.
    private static func connect(
        _ connection: ClientConnection,
        on thread: SerialThread,
        _ options: ConnectionOptions
    ) async throws -> UInt64 {
        do {
            return try await bounded(by: options.timeout + options.patience, grace: .zero) {
                try await thread.run {
                    try connection.open(options)
                    return connection.id
                }
            }
        } catch let late as DeadlineExceeded {
            // Left behind: it is closed should it open after all.
            try thread.post { connection.close() }
            throw MySQLError.connection(to: options.description, number: 2013, message: "\(late)")
        }
    }

    private func apply(_ settings: SessionSettings) async throws {
        for setting in settings.settings {
            // The server sets none of a list that has an unknown name.
            guard try await !knows(setting.statement) else { continue }
            for statement in setting.singly { _ = try await knows(statement) }
        }
    }

    /// Sends an assignment; false where the server has no such variable, so that there is nothing to be set.
    private func knows(_ assignment: String) async throws -> Bool {
        do { try await query(assignment, limit: .seconds(60)) } catch let error as MySQLError
            where error.isUnknownVariable
        {
            return false
        }
        return true
    }

    private init(_ connection: ClientConnection, _ thread: SerialThread, id: UInt64, log: StatementLog?) {
        self.connection = connection
        self.thread = thread
        self.id = id
        self.log = log
    }

    deinit {
        // The last statement is over: each holds the session. Closing says goodbye, which may block.
        let connection = connection
        let thread = thread
        Task.detached { try await thread.run { connection.close() } }
    }

    /// Sends a statement and waits for its answer.
    ///
    /// If it is not answered within `limit`, or its task is cancelled, the session ends: its socket is shut, and its
    /// locks are gone.
    ///
    /// - Throws: ``MySQLError``, or `CancellationError`.
    @discardableResult
    package func query(_ sql: String, limit: Duration = .seconds(300)) async throws -> Rows {
        let timer = Task.detached { [connection] in
            // Cancelled means answered in time.
            guard (try? await Task.sleep(for: limit)) != nil else { return false }
            connection.cut()
            return true
        }
        do {
            let rows = try await withTaskCancellationHandler {
                try await send(sql)
            } onCancel: {
                connection.cut()
            }
            timer.cancel()
            return rows
        } catch {
            timer.cancel()
            try Task.checkCancellation()
            if await timer.value { throw MySQLError.noAnswer(sql, limit: limit) }
            throw error
        }
    }

    /// Statements that follow another one at once, without a return to its sender.
    struct Sequel: Sendable {
        var statements: [String] = []
        /// Called between the two.
        ///
        /// If it throws, the statements are not sent.
        var begin: @Sendable () throws -> Void = {}
        /// Called when all of them have been answered.
        var end: @Sendable () -> Void = {}
    }

    /// Sends a statement and waits for its answer as long as it takes; cancelling doesn't take it back.
    ///
    /// - Throws: ``MySQLError``; the error of the sequel.
    @discardableResult
    func send(_ sql: String, then sequel: Sequel? = nil) async throws -> Rows {
        try await thread.run { [self] in
            let rows = try perform(sql)
            if let sequel { try perform(sequel) }
            return rows
        }
    }

    /// Sends statements in a row without waiting: later statements are sent after the last of them.
    ///
    /// - Returns: a function that waits for the answers.
    /// - Throws: `HostError` where the system has no thread left. The closure throws ``MySQLError``, for the first
    ///   statement that fails, or `CancellationError`; it is to be called once.
    func queue(_ statements: [String]) throws -> @Sendable () async throws -> [Rows] {
        try queue(Sequel(statements: statements))
    }

    /// Sends a sequel of the statements before, without waiting.
    func queue(_ sequel: Sequel) throws -> @Sendable () async throws -> [Rows] {
        let (answers, answer) = AsyncThrowingStream.makeStream(of: [Rows].self)
        try thread.post { [self] in
            do {
                answer.yield(try perform(sequel))
                answer.finish()
            } catch {
                answer.finish(throwing: error)
            }
        }
        return {
            for try await rows in answers { return rows }
            throw CancellationError()
        }
    }

    /// The number of the statement that has been sent and not been answered; nil between two.
    var statementUnderWay: Int? { progress.withLock { $0.isUnderWay ? $0.number : nil } }

    @discardableResult
    private func perform(_ sequel: Sequel) throws -> [Rows] {
        try sequel.begin()
        let rows = try sequel.statements.map { try perform($0) }
        sequel.end()
        return rows
    }

    @discardableResult
    private func perform(_ sql: String) throws -> Rows {
        let start = ContinuousClock.now
        progress.withLock { $0 = ($0.number + 1, true) }
        defer { progress.withLock { $0.isUnderWay = false } }
        do {
            let rows = try pastFaults(sql, connection.run)
            note(sql, since: start, error: nil)
            return rows
        } catch {
            note(sql, since: start, error: "\(error)")
            throw error
        }
    }

    /// The object of a KILL.
    package enum Victim: Sendable {
        case statement(UInt64)
        case session(UInt64)
    }

    /// Ends another session, or the statement that it is busy with.
    ///
    /// - Throws: ``MySQLError``.
    package func kill(_ victim: Victim) async throws {
        try await query(Self.statement(for: victim))
    }

    static func statement(for victim: Victim) -> String {
        switch victim {
        case .statement(let id): "KILL QUERY \(id)"
        case .session(let id): "KILL \(id)"
        }
    }

    /// Says goodbye to the server.
    package func close() async throws {
        try await thread.run { [connection] in connection.close() }
    }

    /// Shuts the socket at once, also while a statement is in flight.
    package func cut() { connection.cut() }

    /// The descriptor of the socket; nil where the session is closed.
    var socket: Int32? { connection.descriptor }

    private func note(_ sql: String, since start: ContinuousClock.Instant, error: String?) {
        log?(StatementRecord(sql: sql, seconds: (ContinuousClock.now - start).inSeconds, error: error))
    }
}
