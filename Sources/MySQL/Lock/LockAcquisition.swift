import Host
import Lifecycle

/// Climbs to the lock, and does what has to be done under it.
struct LockAcquisition: Sendable {
    let run: Run
    let connected: MySQLContext.Connected
    let choice: LockChoice
    let sessions: Interruptible
    /// How long all attempts may take together.
    let limit: Duration

    private var session: Session { sessions.session }

    /// - Throws: ``MySQLError``; nothing is locked then, unless the engine was told of a grant.
    func acquire() async throws -> Lock {
        let durability = try await Durability.prepare(run, connected, sessions)
        // Asked once before: a missing privilege shows while nobody waits.
        _ = try await coordinates()
        let script = LockScript(choice.plan, patience: limit)
        let held = HeldLock(sessions, releasedBy: script.release ?? "UNLOCK TABLES", farewell: noteLastPosition)
        try await climb(held)
        let inexact = try await durability.demand()
        for statement in script.underLock { try await session.query(statement) }
        var lock = Lock(
            plan: choice.plan.rawValue,
            reason: choice.reason,
            proof: held.prove,
            release: held.release
        )
        if choice.plan == .instance {
            lock.coordinates = try await coordinates(inexact)
        } else {
            // Commits are kept back: read while the snapshot is made, they are the same. The release comes after them.
            let answers = try session.queue(reading.statements)
            lock.pendingCoordinates = { try coordinates(await answered(answers, within: .seconds(25)), inexact) }
        }
        return lock
    }

    // MARK: The way up

    private func climb(_ held: HeldLock) async throws {
        var deadline = ContinuousClock.now + limit
        var pause = Duration.milliseconds(500)
        while true {
            // What nobody waits for doesn't count.
            let start = ContinuousClock.now
            try await sync(limit: nil)
            deadline += .now - start
            do { return try await ascend(held, by: deadline) } catch {
                await descend()
                run.lockWaitEnds()
                try Task.checkCancellation()
                try await giveUp(error, deadline, pause)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private func ascend(_ held: HeldLock, by deadline: ContinuousClock.Instant) async throws {
        let patience = LockScript.patience(of: choice.plan, within: deadline - .now)
        let script = LockScript(choice.plan, patience: patience)
        let ascent = Ascent(sessions)
        for statement in script.settings { try await ascent.query(statement) }
        var isWaiting = false
        for stage in script.stages {
            // The first one is made before the way up.
            if stage.syncsBefore, isWaiting { try await sync(limit: deadline - .now) }
            if stage.blocksWriters, !isWaiting {
                run.lockWaitBegins(abort: ascent.giveUp)
                isWaiting = true
            }
            try await ascent.query(stage.sql)
        }
        try ascent.arrive()
        run.lockGranted(release: held.release)
    }

    /// Lets everyone go on; of a session that is lost the server has let go already.
    private func descend() async {
        guard let release = LockScript(choice.plan, patience: limit).release else { return }
        let sessions = sessions
        await Task.detached {
            do {
                try await sessions.session.query(release, limit: .seconds(5))
            } catch let error as MySQLError where error.isInterrupted {
                // The KILL QUERY was meant for the statement before.
                await sessions.kill()
            } catch {
                // Before the first stage there is nothing to end, and the server says so.
            }
        }.value
    }

    /// Throws unless another attempt is worth it.
    private func giveUp(
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

    /// Who was busy for as long as the lock was waited for.
    private func suspects(_ spent: Duration) async -> String {
        let rescue = sessions.rescue
        // The list is a courtesy: without it the message is shorter.
        let rows = try? await bounded(by: .seconds(2)) { try await rescue.query(LongStatements.question) }
        let own = [session.id, rescue.id]
        let found = rows.map { LongStatements.older(than: spent, in: $0, except: Set(own)) } ?? []
        return found.isEmpty ? "something holds a conflicting lock" : "in its way: " + found.joined(separator: "; ")
    }

    /// Writes out the data's file system, so that the freeze inside lvcreate is short.
    ///
    /// The call itself can't be taken back: it is left behind when the limit is reached or the run told to stop.
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

    // MARK: Under the lock

    private var reading: CoordinateReading { CoordinateReading(connected.reading) }

    /// - Parameter inexact: why they are not exact, as far as that is known already.
    private func coordinates(_ inexact: String? = nil) async throws -> Coordinates {
        guard choice.plan == .instance else {
            let answers = try session.queue(reading.statements)
            return try coordinates(try await answered(answers, within: .seconds(60)), inexact)
        }
        var coordinates = try LogStatus.coordinates(try await session.query(LogStatus.statement))
        coordinates.inexactBecause = "commits went on while the snapshot was taken"
        return coordinates
    }

    /// A server that doesn't answer costs the session, and with it the lock.
    ///
    /// - Throws: ``MySQLError/noAnswer(_:limit:)``.
    private func answered(
        _ answers: @escaping @Sendable () async throws -> [Rows],
        within limit: Duration
    ) async throws -> [Rows] {
        do {
            return try await bounded(by: limit, answers)
        } catch is DeadlineExceeded {
            session.cut()
            throw MySQLError.noAnswer(reading.statements.joined(separator: "; "), limit: limit)
        }
    }

    /// - Parameter answers: those to the reading's statements, in order.
    private func coordinates(_ answers: [Rows], _ inexact: String?) throws -> Coordinates {
        var coordinates = try reading.coordinates(answers)
        let port = connected.reading.variables.port
        coordinates.statement = reading.statement(for: coordinates, host: run.host, port: port)
        coordinates.inexactBecause = inexact
        return coordinates
    }

    /// Under the instance lock commits go on: together with the position read before the snapshot, the one after it
    /// brackets what the copy holds.
    private func noteLastPosition() async {
        guard choice.plan == .instance else { return }
        do {
            let last = try LogStatus.coordinates(try await session.query(LogStatus.statement)).binlog
            run.note("the snapshot was complete before \(last.map { "\($0.file) \($0.position)" } ?? "any position")")
        } catch {
            run.note("the position after the snapshot is not known: \(error)")
        }
    }
}
