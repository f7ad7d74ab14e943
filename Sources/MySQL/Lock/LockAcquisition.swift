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
        var coordinates = try await coordinates()
        coordinates.inexactBecause = coordinates.inexactBecause ?? inexact
        return Lock(
            plan: choice.plan.rawValue,
            reason: choice.reason,
            coordinates: coordinates,
            proof: held.prove,
            release: held.release
        )
    }

    // MARK: The way up

    private func climb(_ held: HeldLock) async throws {
        let start = ContinuousClock.now
        var pause = Duration.milliseconds(500)
        while true {
            let left = limit - (.now - start)
            let script = LockScript(choice.plan, patience: LockScript.patience(of: choice.plan, within: left))
            do { return try await ascend(script, held) } catch {
                await descend(script)
                run.lockWaitEnds()
                try Task.checkCancellation()
                try await giveUp(error, after: .now - start, pause)
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(5))
        }
    }

    private func ascend(_ script: LockScript, _ held: HeldLock) async throws {
        for statement in script.settings { try await session.query(statement) }
        var isWaiting = false
        for stage in script.stages {
            if stage.syncsBefore { try await sync() }
            if stage.blocksWriters, !isWaiting {
                run.lockWaitBegins(abort: sessions.interrupt)
                isWaiting = true
            }
            try await sessions.query(stage.sql)
        }
        run.lockGranted(release: held.release)
    }

    /// Lets everyone go on; of a session that is lost the server has let go already.
    private func descend(_ script: LockScript) async {
        guard let release = script.release else { return }
        let session = session
        // Before the first stage there is nothing to end, and the server says so.
        _ = await Task.detached { try? await session.query(release, limit: .seconds(5)) }.value
    }

    /// Throws unless another attempt is worth it.
    private func giveUp(_ error: any Error, after spent: Duration, _ pause: Duration) async throws {
        guard let error = error as? MySQLError, error.isLockWaitTimeout || error.isInterrupted else { throw error }
        let isSpent = spent + pause + .seconds(1) > limit
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

    private func sync() async throws {
        let root = connected.server.process.map { "/proc/\($0.pid)/root" } ?? ""
        let datadir = root + connected.server.datadir
        try await SerialThread.once(name: "syncfs") { try FileSystem.syncFileSystem(at: datadir) }
    }

    // MARK: Under the lock

    private func coordinates() async throws -> Coordinates {
        if choice.plan == .instance {
            var coordinates = try LogStatus.coordinates(try await session.query(LogStatus.statement))
            coordinates.inexactBecause = "commits went on while the snapshot was taken"
            return coordinates
        }
        let reading = CoordinateReading(connected.reading)
        var coordinates = try reading.coordinates(
            position: try await answer(reading.position),
            gtid: try await session.query(reading.gtid),
            channels: try await session.query(reading.channels)
        )
        let port = connected.reading.variables.port
        coordinates.statement = reading.statement(for: coordinates, host: run.host, port: port)
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

    private func answer(_ statement: String?) async throws -> Rows? {
        guard let statement else { return nil }
        return try await session.query(statement)
    }
}
