internal import Faults
package import Lifecycle

/// Plan "read-lock" only: closes the tables once without a lock, so that closing them under it is short.
package struct FlushStep: StepProvider {
    static let statement = "FLUSH NO_WRITE_TO_BINLOG TABLES"

    package let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``; a flush that takes too long is ended with a warning.
    package func provide(_ run: Run) async throws -> Provision<Void> {
        guard let connected = context.server(of: run) else { return .declined(MySQLContext.notOurs) }
        guard !context.options.skipsExtraFlush else { return .declined("the extra flush is switched off") }
        let plan = try await context.choose(run, connected).plan
        guard plan == .readLock else { return .declined("lock plan \"\(plan.rawValue)\" needs none") }
        try await LongStatements.refuse(context.options, connected.session)
        let rescue = try await context.openSession(run, "second session")
        do {
            try await Interruptible(session: connected.session, rescue: rescue)
                .query(Self.statement, limit: context.options.flushTimeout)
        } catch let error as MySQLError where error.isInterrupted {
            // By the limit, or because the run was told to stop.
            try Task.checkCancellation()
            let limit = context.options.flushTimeout.inSeconds.formatted
            run.warn("the flush without a lock timed out after \(limit) s")
        }
        try await Faults.pass("step/flush", .middle)
        return .done
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let connected = context.server(of: run), !context.options.skipsExtraFlush,
            try await context.choose(run, connected).plan == .readLock
        else { return [] }
        return [LongStatements.question, Self.statement]
    }
}
