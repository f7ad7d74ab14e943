import Lifecycle

/// `innodb_flush_log_at_trx_commit` during the lock: what has to be set, and how it is put back.
struct Durability: Sendable {
    private enum Need {
        case none
        case set
        /// The account may not set it: why the coordinates are not exact.
        case refused(String)
    }

    private let need: Need
    private let session: Session

    /// Looks at the variable; where it is 0, records how it is put back before anything is changed.
    ///
    /// - Throws: ``MySQLError``, or what recording throws.
    static func prepare(
        _ run: Run,
        _ connected: MySQLContext.Connected,
        _ sessions: Interruptible
    ) async throws -> Durability {
        let session = sessions.session
        let identity = connected.reading.identity
        let row = try await session.query(DurableCommit.question(identity)).first
        guard row?["value"] == "0", let started = row?["started"].flatMap({ Double($0) }) else {
            return Durability(need: .none, session: session)
        }
        do {
            // The same value once more: it tells whether the account may.
            try await session.query(DurableCommit.set("0"))
        } catch let error as MySQLError where error.isAccessDenied {
            let reason = "\(DurableCommit.variable) is 0, and the account may not set it"
            run.warn("coordinates are not exact: \(reason)")
            return Durability(need: .refused(reason), session: session)
        }
        let restore = DurableCommit.restore("0", for: identity, startedAt: Int(started))
        try run.intend(.sql(restore))
        run.undo(
            Release(DurableCommit.variable, undo: .sql(restore), deadline: .seconds(5)) {
                try await session.query(restore)
            }
        )
        return Durability(need: .set, session: session)
    }

    /// Makes commits durable, under the lock. Returns why the coordinates are not exact, where they aren't.
    ///
    /// - Throws: ``MySQLError``.
    func demand() async throws -> String? {
        switch need {
        case .none: return nil
        case .refused(let reason): return reason
        case .set:
            try await session.query(DurableCommit.set("1"))
            return nil
        }
    }
}
