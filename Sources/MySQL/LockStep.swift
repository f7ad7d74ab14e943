internal import Faults
package import Lifecycle

/// Takes the lock of the plan that fits the server, or none.
package struct LockStep: StepProvider {
    package let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``.
    package func provide(_ run: Run) async throws -> Provision<Lock> {
        guard let connected = context.server(of: run) else { return .declined(MySQLContext.notOurs) }
        let choice = try await context.choose(run, connected)
        run.note("lock plan \"\(choice.plan.rawValue)\": \(choice.reason)")
        if let inconsistency = choice.inconsistency {
            run.warn("the copy is not consistent or not complete: \(inconsistency)")
        }
        guard choice.plan != .none else { return .result(try await unlocked(run, choice, connected)) }
        if choice.plan == .readLock { try await LongStatements.refuse(context.options, connected.session) }
        let rescue = try await context.openSession(run, "second session")
        run.undo(Release("second session", deadline: .seconds(2), handler: rescue.close, fallback: rescue.cut))
        let acquisition = LockAcquisition(
            run: run,
            connected: connected,
            choice: choice,
            sessions: Interruptible(session: connected.session, rescue: rescue),
            limit: context.options.lockWaitTimeout
        )
        let lock = try await acquisition.acquire()
        try await Faults.pass("step/lock", .middle)
        return .result(lock)
    }

    /// The server's own coordinates are read from the copy's binary logs, before the recovery server opens them.
    ///
    /// Only the live server knows its replication channels.
    private func unlocked(
        _ run: Run,
        _ choice: ChosenLockPlan,
        _ connected: MySQLContext.Connected
    ) async throws -> Lock {
        if !context.options.recovers || run.isSnapshotOnly {
            run.warn("without a lock and without a recovery the coordinates cannot be read")
        }
        var lock = Lock(plan: choice.plan.rawValue, reason: choice.reason)
        lock.inconsistency = choice.inconsistency
        guard connected.server.isReplica else { return lock }
        let reading = CoordinateReading(connected.reading)
        let channels = try await connected.session.query(reading.channels)
        lock.coordinates = try reading.coordinates(position: nil, gtid: Rows(), channels: channels)
        lock.coordinates?.inexactBecause = "replication went on while the snapshot was taken"
        return lock
    }

    /// Applies the rules of the plan "none" to a hook's lock that locks nothing.
    ///
    /// All four of them are checked, an allowed inconsistency is recorded, and the copy tells the coordinates. A server of
    /// another provider is not known here: then the hook's word is all that there is.
    ///
    /// - Throws: ``MySQLError``.
    package func adopt(_ lock: Lock, _ run: Run) async throws -> Lock {
        guard lock.release == nil else { return lock }
        guard let connected = context.server(of: run) else { return lock.waived(from: nil, nil) }
        let choice = try await context.choose(run, connected, requested: LockPlanOption.none)
        if let inconsistency = choice.inconsistency {
            run.warn("the copy is not consistent or not complete: \(inconsistency)")
        }
        return lock.waived(from: try await unlocked(run, choice, connected), choice.inconsistency)
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let connected = context.server(of: run) else { return [] }
        let choice = try await context.choose(run, connected)
        run.note("lock plan \"\(choice.plan.rawValue)\": \(choice.reason)")
        return Self.lines(
            choice.plan,
            reading: CoordinateReading(connected.reading),
            datadir: connected.server.datadir,
            limit: context.options.lockWaitTimeout,
            holding: run.lockBudget
        )
    }

    /// Everything that a plan sends, from the first setting to the release.
    static func lines(
        _ plan: LockPlan,
        reading: CoordinateReading,
        datadir: String,
        limit: Duration,
        holding: Duration
    ) -> [String] {
        let script = LockScript(plan, lockWaitTimeout: LockScript.lockWaitTimeout(of: plan, within: limit))
        let stages = script.stages.flatMap { stage in
            (stage.syncsBefore ? ["sync -f \(datadir)"] : [])
                + [script.sessionTimeout(before: stage, waiting: limit, holding: holding), stage.sql].compactMap { $0 }
        }
        let coordinates =
            switch plan {
            case .none: [String]()
            case .instance: [LogStatus.statement]
            case .stage, .readLock: reading.statements
            }
        let ends = [script.probe, script.release].map { $0.map { [$0] } ?? [] }
        return ends[0] + script.settings + stages + script.underLock + coordinates + ends[1]
    }
}

extension Lock {
    /// A hook's lock that locks nothing, with what the plan "none" adds to it.
    ///
    /// - Parameter builtIn: the built-in lock of the plan "none"; nil for a server of another provider.
    func waived(from builtIn: Lock?, _ inconsistency: String?) -> Lock {
        var lock = self
        lock.plan = LockPlan.none.rawValue
        lock.isWaived = true
        lock.inconsistency = inconsistency
        lock.pendingCoordinates = nil
        guard var place = coordinates ?? builtIn?.coordinates else { return lock }
        let doubt = "no lock was taken: changes went on while the snapshot was made"
        place.inexactBecause = place.inexactBecause ?? doubt
        lock.coordinates = place
        return lock
    }
}

extension CoordinateReading {
    init(_ reading: ServerReading) {
        self.init(
            identity: reading.identity,
            logsChanges: reading.variables.isOn("log_bin"),
            channelDoubt: Self.channelDoubt(reading)
        )
    }

    /// With parallel workers the position that the server tells is that of its last checkpoint (MySQL), or follows the
    /// commits a little later (MariaDB).
    private static func channelDoubt(_ reading: ServerReading) -> String? {
        let names = ["replica_parallel_workers", "slave_parallel_workers", "slave_parallel_threads"]
        let workers = names.compactMap { reading.variables[$0].flatMap { Int($0) } }.max() ?? 0
        let limit = reading.identity.isMariaDB ? 0 : 1
        return workers > limit ? "the position lags behind the data of parallel workers; a GTID state does not" : nil
    }
}
