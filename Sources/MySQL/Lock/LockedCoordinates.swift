import Lifecycle

/// The coordinates that a lock keeps from moving.
extension LockAcquisition {
    var reading: CoordinateReading { CoordinateReading(connected.reading) }

    /// - Parameter inexact: why they are not exact, as far as that is known already.
    func coordinates(_ inexact: String? = nil) async throws -> Coordinates {
        guard choice.plan == .instance else {
            let answers = try session.queue(reading.statements)
            return try coordinates(try await answered(answers, within: .seconds(60)), inexact)
        }
        var coordinates = try LogStatus.coordinates(try await session.query(LogStatus.statement))
        coordinates.inexactBecause = "commits went on while the snapshot was taken"
        guard connected.server.isReplica else { return coordinates }
        // The recovered copy knows better; this is for a run without recovery.
        let channels = try await session.query(reading.channels)
        coordinates.channels = try reading.coordinates(position: nil, gtid: Rows(), channels: channels).channels
        return coordinates
    }

    /// A server that doesn't answer costs the session, and with it the lock.
    ///
    /// - Throws: ``MySQLError/noAnswer(_:limit:)``.
    func answered(
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
    func coordinates(_ answers: [Rows], _ inexact: String?) throws -> Coordinates {
        var coordinates = try reading.coordinates(answers)
        let port = connected.reading.variables.port
        coordinates.statement = reading.statement(for: coordinates, host: run.host, port: port)
        coordinates.inexactBecause = inexact
        return coordinates
    }

    /// Under the instance lock commits go on: together with the position read before the snapshot, the position after
    /// it encloses the copy's own.
    func noteLastPosition() async {
        // Without a snapshot, as after a failure, there is no position.
        guard choice.plan == .instance, run.snapshotSpan != nil else { return }
        do {
            let last = try LogStatus.coordinates(try await session.query(LogStatus.statement)).binlog
            run.note("the snapshot was complete before \(last.map { "\($0.file) \($0.position)" } ?? "any position")")
        } catch {
            run.note("the position after the snapshot is not known: \(error)")
        }
    }
}
