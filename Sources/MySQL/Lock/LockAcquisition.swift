import Host
import Lifecycle
import Synchronization

/// Acquires the lock, and does the work under it.
struct LockAcquisition: Sendable {
    let run: Run
    let connected: MySQLContext.Connected
    let choice: ChosenLockPlan
    let sessions: Interruptible
    /// How long all attempts may take together.
    let limit: Duration

    var session: Session { sessions.session }

    /// - Throws: ``MySQLError``; nothing is locked then, unless the engine was told of a grant.
    func acquire() async throws -> Lock {
        // Read once before: a missing privilege shows while no writer waits.
        if let probe = LockScript(choice.plan, lockWaitTimeout: limit).probe {
            try await sessions.query(probe, limit: limit)
        }
        _ = try await coordinates()
        let durability = try await Durability.prepare(run, connected, sessions)
        let script = LockScript(choice.plan, lockWaitTimeout: limit)
        let held = HeldLock(sessions, releasedBy: script.release ?? "UNLOCK TABLES", farewell: noteLastPosition)
        try await acquire(held, then: durability.statements + script.underLock)
        try Task.checkCancellation()
        var lock = Lock(
            plan: choice.plan.rawValue,
            reason: choice.reason,
            proof: held.prove,
            release: held.release
        )
        lock.inconsistency = choice.inconsistency
        if choice.plan == .instance {
            run.lockPartBegins(.coordinates)
            lock.coordinates = try await coordinates(durability.inexact())
            run.lockPartEnds(.coordinates)
        } else {
            // Commits are kept back: read while the snapshot is made, they are the same. The release comes after them.
            let answers = try session.queue(
                Session.Sequel(
                    statements: reading.statements + durability.question,
                    begin: { [run] in run.lockPartBegins(.coordinates) },
                    end: { [run] in run.lockPartEnds(.coordinates) }
                )
            )
            lock.pendingCoordinates = {
                let rows = try await answered(answers, within: .seconds(25))
                let (own, last) = (rows.prefix(reading.statements.count), rows.dropFirst(reading.statements.count).last)
                return try coordinates(Array(own), durability.inexact(last))
            }
        }
        return lock
    }

    // MARK: Acquiring

    /// - Parameter underLock: statements that are sent as soon as the lock is granted.
    private func acquire(_ held: HeldLock, then underLock: [String]) async throws {
        var deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(500)
        while true {
            // Time in which no client waits does not count.
            let start = ContinuousClock.now
            try await sync(limit: nil)
            deadline += .now - start
            do { return try await attempt(held, by: deadline, then: underLock) } catch let failure as FailedUnderLock {
                throw failure.error
            } catch {
                await rollBack()
                run.lockWaitEnds()
                try Task.checkCancellation()
                try await throwUnlessRetryable(error, deadline, pause)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private func attempt(
        _ held: HeldLock,
        by deadline: ContinuousClock.Instant,
        then underLock: [String]
    ) async throws {
        let lockWaitTimeout = LockScript.lockWaitTimeout(of: choice.plan, within: deadline - .now)
        let script = LockScript(choice.plan, lockWaitTimeout: lockWaitTimeout)
        let attempt = LockAttempt(sessions)
        for statement in script.settings { try await attempt.query(statement) }
        var isWaiting = false
        for stage in script.stages {
            // The first is made before the acquisition.
            if stage.syncsBefore, isWaiting { try await sync(limit: deadline - .now) }
            if let sessionTimeout = script.sessionTimeout(before: stage, waiting: limit, holding: run.lockBudget) {
                try await attempt.query(sessionTimeout)
            }
            if stage.blocksWriters, !isWaiting {
                run.lockWaitBegins(abort: attempt.abort)
                isWaiting = true
            }
            if stage == script.stages.last {
                try await grant(stage, held, attempt, then: underLock)
            } else {
                try await attempt.query(stage.sql)
            }
        }
    }

    /// The last stage, followed at once by the work under the lock, because all writers wait.
    private func grant(
        _ stage: LockScript.Stage,
        _ held: HeldLock,
        _ attempt: LockAttempt,
        then statements: [String]
    ) async throws {
        let isGranted = Mutex(false)
        let sequel = Session.Sequel(
            statements: statements,
            begin: { [run] in
                try attempt.checkNotAborted()
                run.lockGranted(release: held.release)
                isGranted.withLock { $0 = true }
                run.lockPartBegins(.engineLogs)
            },
            end: { [run] in run.lockPartEnds(.engineLogs) }
        )
        do { try await attempt.query(stage.sql, then: sequel) } catch {
            throw isGranted.withLock({ $0 }) ? FailedUnderLock(error: error) : error
        }
    }

    /// Lets writers go on.
    ///
    /// The server has already released the locks of a lost session.
    private func rollBack() async {
        guard let release = LockScript(choice.plan, lockWaitTimeout: limit).release else { return }
        let sessions = sessions
        await Task.detached {
            do {
                try await sessions.session.query(release, limit: .seconds(5))
                _ = try sessions.session.queue([MySQLContext.sessionTimeout])
            } catch let error as MySQLError where error.isInterrupted {
                // The KILL QUERY was meant for the statement before.
                await sessions.kill()
            } catch {
                // Before the first stage there is no stage to end, and the server reports that.
            }
        }.value
    }

    /// Throws unless another attempt may succeed.
    private func throwUnlessRetryable(
        _ error: any Error,
        _ deadline: ContinuousClock.Instant,
        _ pause: Duration
    ) async throws {
        guard let error = error as? MySQLError, error.isLockWaitTimeout || error.isInterrupted else { throw error }
        let isSpent = .now + pause + .seconds(1) > deadline
        let spent = limit - (deadline - .now)
        guard choice.plan == .stage, error.isLockWaitTimeout, !isSpent else {
            throw MySQLError.lockNotGranted(
                plan: choice.plan.rawValue,
                seconds: spent.inSeconds,
                reason: await suspects(spent)
            )
        }
        run.note("the lock was not granted, next attempt in \(pause.inSeconds.formatted) s")
    }

    /// The statements that ran for as long as the lock was waited for.
    private func suspects(_ spent: Duration) async -> String {
        let rescue = sessions.rescue
        // The list is optional: without it the message is shorter.
        let rows = try? await bounded(by: .seconds(2)) { try await rescue.query(LongStatements.question) }
        guard let rows else { return "another session holds a conflicting lock" }
        let own: Set = [session.id, rescue.id]
        let busy = LongStatements.older(than: spent, in: rows, except: own)
        guard busy.isEmpty else { return "in its way: " + busy.joined(separator: "; ") }
        let idle = LongStatements.idle(longerThan: spent, in: rows, except: own)
        return "another session holds a conflicting lock"
            + (idle.isEmpty ? "" : "; it may be that of " + idle.joined(separator: ", "))
    }

    /// Writes out the data's file system, so that the freeze inside lvcreate is short.
    ///
    /// The call itself cannot be taken back: it is left behind when the limit is reached or the run told to stop.
    ///
    /// - Throws: `CancellationError`, ``MySQLError/lockNotGranted(plan:seconds:reason:)``, `HostError`.
    private func sync(limit: Duration?) async throws {
        let root = connected.server.process.map { "/proc/\($0.pid)/root" } ?? ""
        let datadir = root + connected.server.datadir
        do {
            try await bounded(by: limit.map { max($0, .zero) }, grace: .zero) {
                try await SerialThread.once(name: "syncfs") { try FileSystem.syncFileSystem(at: datadir) }
            }
        } catch is DeadlineExceeded {
            try Task.checkCancellation()
            throw MySQLError.lockNotGranted(
                plan: choice.plan.rawValue,
                seconds: self.limit.inSeconds,
                reason: "the data's file system was still being written out"
            )
        }
    }
}

/// The lock was granted, and is the engine's to release.
private struct FailedUnderLock: Error {
    let error: any Error
}
