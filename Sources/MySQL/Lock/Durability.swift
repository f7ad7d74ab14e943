import Lifecycle

/// `innodb_flush_log_at_trx_commit` during the lock: whether it has to be set, and how it is put back.
struct Durability: Sendable {
    enum Need: Equatable {
        /// Commits are durable, or the freeze makes them so.
        case none
        /// It has to be set, and put back. The server started at this time, seconds since 1970.
        case set(startedAt: Int, datadir: String, accounts: [String])
        /// It cannot be set: why the coordinates are not exact.
        case refused(String)

        /// - Parameter row: the answer to ``DurableCommit/question``.
        init(_ row: Row?) {
            guard row?["value"] == "0" else {
                self = .none
                return
            }
            // The server may answer anything, such as "inf".
            guard let started = row?["started"].flatMap({ Double($0) }).flatMap({ Int(exactly: $0.rounded(.down)) })
            else {
                self = .refused("\(DurableCommit.variable) is 0, and the server does not say when it started")
                return
            }
            let accounts = [row?["user"], row?["account"]].compactMap { $0 }
            self = .set(startedAt: started, datadir: row?["datadir"] ?? "", accounts: accounts)
        }
    }

    let need: Need
    let commit: DurableCommit

    /// Looks at the variable; where it is 0, records how it is put back before anything is changed.
    ///
    /// - Throws: ``MySQLError``, or the error of the recording.
    static func prepare(
        _ run: Run,
        _ connected: MySQLContext.Connected,
        _ sessions: Interruptible
    ) async throws -> Durability {
        let session = sessions.session
        let commit = DurableCommit(identity: connected.reading.identity)
        let need = Need(try await session.query(commit.question).first)
        guard case .set(let started, let datadir, let accounts) = need else {
            return Durability(need: need, commit: commit)
        }
        do {
            try await session.query(DurableCommit.probe)
        } catch let error as MySQLError where error.isAccessDenied {
            let reason = "\(DurableCommit.variable) is 0, and the account may not set it"
            return Durability(need: .refused(reason), commit: commit)
        }
        let restore = commit.restore("0", datadir: datadir, startedAt: started, accounts: accounts)
        try run.intend(.sql(restore), for: .serverSetting)
        run.undo(
            Release(DurableCommit.variable, undo: .sql(restore), deadline: .seconds(5)) {
                try await session.query(commit.lower)
            }
        )
        return Durability(need: need, commit: commit)
    }

    /// Makes commits durable; to be sent under the lock.
    var statements: [String] {
        if case .set = need { commit.raise } else { [] }
    }

    /// To be sent under the lock: the operator may have set the variable to 0 while the lock was waited for.
    var question: [String] { need == .none ? [DurableCommit.value] : [] }

    /// Why the coordinates are not exact, where they are not.
    ///
    /// - Parameter answer: to the ``question``; nil without one.
    func inexact(_ answer: Rows? = nil) -> String? {
        if case .refused(let reason) = need { return reason }
        return answer?.scalar == "0" ? "\(DurableCommit.variable) was set to 0 before the lock was granted" : nil
    }
}
