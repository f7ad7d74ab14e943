import Lifecycle

/// Coordinates that the copy itself tells, for lock plans that let commits go on.
struct CopiedCoordinates: Sendable {
    let run: Run
    let reading: ServerReading

    /// What is asked of the recovered server.
    var question: String { CoordinateReading(reading).gtid }

    func isNeeded(by lock: Lock?) -> Bool {
        lock.flatMap { LockPlan(rawValue: $0.plan) }.map { $0 == .none || $0 == .instance } ?? false
    }

    /// Under a lock that stops commits the copy's newest log ends where the server said: anything else is told.
    ///
    /// - Throws: ``MySQLError``.
    func compare(with binlog: CopiedBinlog) throws {
        guard let lock = run.lock, !isNeeded(by: lock), let said = lock.coordinates?.binlog,
            let newest = try binlog.files().last
        else { return }
        let size = try FileBytes.size(of: binlog.directory + "/" + newest)
        guard newest != said.file || size != said.position else { return }
        run.warn(
            "the server said \"\(said.file)\" \(said.position), but the copy's newest log is \"\(newest)\" of \(size) bytes"
        )
    }

    /// - Parameters:
    ///   - copied: what the copy's newest log ends with, before the server opened it.
    ///   - answers: what the recovered server answered to ``question``.
    func complete(_ copied: Coordinates?, with answers: Rows?) -> Coordinates? {
        guard var coordinates = copied else { return nil }
        if !reading.identity.isMariaDB { coordinates.gtid = answers?.first?["gtid"]?.filter { !$0.isNewline } }
        if let replica = answers?.first?["replica_gtid"], !replica.isEmpty { coordinates.replicaGTID = replica }
        coordinates.channels = run.lock?.coordinates?.channels ?? []
        coordinates.inexactBecause = doubt ?? (coordinates.channels.isEmpty ? nil : channelDoubt)
        let port = reading.variables.port
        coordinates.statement = CoordinateReading(reading).statement(for: coordinates, host: run.host, port: port)
        return coordinates
    }

    private var channelDoubt: String { "replication channels were read while replication went on" }

    private var doubt: String? {
        if reading.variables["innodb_flush_log_at_trx_commit"] == "0" {
            return "innodb_flush_log_at_trx_commit is 0: the data may be behind the binary log"
        }
        let engines = reading.inventory.enginesInNeedOfLock.map(\.engine)
        return engines.isEmpty ? nil : "tables of \(engines.joined(separator: ", ")) were written without a lock"
    }
}
