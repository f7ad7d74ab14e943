import Lifecycle
import Synchronization

/// The state that the steps of one run share.
final class MySQLContext: Sendable {
    /// The server that `connect` found, and the session to it.
    struct Connected: Sendable {
        let session: Session
        let reading: ServerReading
        let server: Server
    }

    static let notOurs = "another provider connected to the server"

    let options: MySQLOptions
    private let state = Mutex<Connected?>(nil)

    init(options: MySQLOptions) { self.options = options }

    func connected(_ value: Connected) { state.withLock { $0 = value } }

    /// The server, unless another provider has replaced it in the run.
    func server(of run: Run) -> Connected? {
        guard let connected = state.withLock({ $0 }), run.server == connected.server else { return nil }
        return connected
    }

    /// The lock plan for a run's server and layout.
    ///
    /// - Parameter requested: nil: the plan of the options.
    /// - Throws: ``MySQLError/plan(_:reasons:)``; `HostError`.
    func choose(_ run: Run, _ connected: Connected, requested: LockPlanOption? = nil) async throws -> ChosenLockPlan {
        let files = connected.server.files.filter { $0.isRequired || $0.role == .binlog }
        let missing = try await LocatedFiles(run.location).missing(files, seenBy: connected.server.process?.pid)
        return try LockPlan.choose(
            for: connected.reading.identity,
            connected.reading.inventory,
            requested: requested ?? options.lock,
            isOnOneVolume: !missing.contains(where: \.isRequired),
            isBinlogOnVolume: !missing.contains { $0.role == .binlog },
            allowInconsistent: options.allowsInconsistent
        )
    }

    /// One more session to the same server, whose statements are noted like those of the first.
    ///
    /// - Throws: ``MySQLError``.
    func openSession(_ run: Run, _ purpose: String) async throws -> Session {
        let session = try await Session.open(options.connection, log: Self.log(of: run, purpose))
        try await session.query(Self.sessionTimeout)
        return session
    }

    /// The log of a session's statements.
    ///
    /// It does not hold the run, which holds the session.
    static func log(of run: Run, _ purpose: String) -> StatementLog {
        { [weak run] record in
            let time = "\((record.seconds * 1000).formatted) ms"
            run?.note("\(purpose): \(record.sql) (\(record.error ?? time))", level: .debug)
        }
    }

    /// With a `wait_timeout` of 2 s a lock was silently gone at 3 s.
    static let sessionTimeout = "SET SESSION `wait_timeout` = 86400"
}
