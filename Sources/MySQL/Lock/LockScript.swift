import Lifecycle

/// The statements of a lock plan, in the order in which they are sent.
package struct LockScript: Sendable, Equatable {
    /// A statement on the way to the lock.
    package struct Stage: Sendable, Equatable {
        package var sql: String
        /// Whether writers may have to wait from here on.
        package var blocksWriters: Bool
        /// Whether the data's file system is synced first, so that the freeze inside lvcreate is short.
        package var syncsBefore: Bool

        init(_ sql: String, blocksWriters: Bool = false, syncsBefore: Bool = false) {
            self.sql = sql
            self.blocksWriters = blocksWriters
            self.syncsBefore = syncsBefore
        }
    }

    /// Sent before anything can block; the last of ``stages`` grants the lock.
    package var settings: [String]
    package var stages: [Stage]
    /// Sent before anything is locked: it asks for the privilege of the statements under the lock, and shortens them.
    package var probe: String?
    /// Sent under the lock, before the coordinates are read.
    package var underLock: [String]
    /// Nil where nothing is locked.
    package var release: String?

    /// The statements of a plan.
    ///
    /// - Parameter lockWaitTimeout: how long one statement may wait for its lock; rounded up to seconds, at least one.
    package init(_ plan: LockPlan, lockWaitTimeout: Duration) {
        settings = ["SET SESSION `lock_wait_timeout` = \(max(1, Int(lockWaitTimeout.inSeconds.rounded(.up))))"]
        underLock = ["FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS"]
        probe = underLock.first
        switch plan {
        case .stage:
            stages = [
                // Sent once while no client waits, so that the flush for which clients may wait is short.
                Stage("BACKUP STAGE START", syncsBefore: true),
                Stage("BACKUP STAGE FLUSH", blocksWriters: true),
                Stage("BACKUP STAGE BLOCK_DDL", blocksWriters: true),
                Stage("FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS", blocksWriters: true),
                Stage("BACKUP STAGE BLOCK_COMMIT", blocksWriters: true, syncsBefore: true),
            ]
            release = "BACKUP STAGE END"
        case .readLock:
            stages = [Stage("FLUSH TABLES WITH READ LOCK", blocksWriters: true, syncsBefore: true)]
            release = "UNLOCK TABLES"
        case .instance:
            stages = [Stage("LOCK INSTANCE FOR BACKUP", syncsBefore: true)]
            release = "UNLOCK INSTANCE"
        case .none:
            self.settings = []
            stages = []
            underLock = []
            probe = nil
        }
    }

    /// The session timeout: the server ends a session that has been idle for so long, and so releases the lock where
    /// this process cannot.
    ///
    /// The timers of a stopped run (SIGSTOP, a frozen container) stop, too. Without the session timeout its lock would
    /// be held until it went on.
    ///
    /// - Parameters:
    ///   - waiting: how long writers may be made to wait: the limit from the first stage that blocks them.
    ///   - holding: how long the lock may be held: the limit from the last stage. Both are rounded up to seconds.
    /// - Returns: nil before the other stages.
    func sessionTimeout(before stage: Stage, waiting: Duration, holding: Duration) -> String? {
        let isFirst = stage == stages.first { $0.blocksWriters }
        guard stage == stages.last || isFirst else { return nil }
        let limit = stage == stages.last ? holding : max(waiting, holding)
        return "SET SESSION `wait_timeout` = \(max(1, Int(limit.inSeconds.rounded(.up))))"
    }

    /// How long one statement waits before the plan lets writers go on and tries again.
    ///
    /// The stages can be tried again and again. A read lock that times out has stalled the site in vain, so it gets all
    /// the time there is.
    static func lockWaitTimeout(of plan: LockPlan, within limit: Duration) -> Duration {
        plan == .stage ? min(limit, .seconds(5)) : limit
    }
}
