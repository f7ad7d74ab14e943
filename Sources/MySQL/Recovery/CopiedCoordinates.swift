import Host
import Lifecycle

/// Coordinates that the copy itself tells, for lock plans that let commits go on.
struct CopiedCoordinates: Sendable {
    let run: Run
    let reading: ServerReading

    /// The answers of the recovered server.
    struct Answers: Sendable {
        var gtid = Rows()
        /// MySQL's; nil where its tables have none, or on MariaDB, whose state is a GTID.
        var channels: [Coordinates.Channel]?
        /// XA transactions that it holds as prepared.
        var prepared: Set<XID> = []
    }

    /// Whether the recovered server has to be asked: only the copy knows where commits or replication had come to.
    func asks(about lock: Lock?) -> Bool { Self.isNeeded(by: lock) || reading.inventory.isReplica }

    /// - Throws: ``MySQLError``.
    func ask(_ session: Session) async throws -> Answers {
        var answers = Answers(gtid: try await session.query(CoordinateReading(reading).gtid))
        if Self.isNeeded(by: run.lock) {
            answers.prepared = Set(try await session.query(XID.recovered(reading.identity)).compactMap(XID.init(row:)))
        }
        guard reading.inventory.isReplica, !reading.identity.isMariaDB else { return answers }
        let names = ["replica_preserve_commit_order", "slave_preserve_commit_order"]
        let channels = RecoveredChannels(
            sources: try await session.complete(RecoveredChannels.sources),
            applied: try await session.complete(RecoveredChannels.applied),
            workers: try await session.complete(RecoveredChannels.workers),
            preservesOrder: names.contains(where: reading.variables.isOn)
        ).channels
        // With `relay_log_info_repository=FILE` the tables are empty.
        if !channels.isEmpty { answers.channels = channels }
        return answers
    }

    /// Whether commits went on while the snapshot was made.
    static func isNeeded(by lock: Lock?) -> Bool {
        lock.flatMap { LockPlan(rawValue: $0.plan) }.map { $0 == .none || $0 == .instance } ?? false
    }

    /// Under a lock that stops commits the copy's newest log ends where the server said: any difference is reported.
    ///
    /// - Returns: why the coordinates do not hold: the copy has changes after them, or lacks some before. A log that was
    ///   only begun anew holds no change.
    /// - Throws: ``MySQLError``.
    func compare(with binlog: CopiedBinlog) throws -> String? {
        guard let lock = run.lock, !Self.isNeeded(by: lock), let said = lock.coordinates?.binlog,
            let newest = try binlog.files().last
        else { return nil }
        let log = try binlog.file(newest)
        let size = try CopiedBinlog.position(atEndOf: log)
        guard let difference = Difference(said: said, file: newest, size: size) else { return nil }
        run.warn(difference.text)
        return difference.isDoubt ? difference.text : nil
    }

    /// Between the server's position and the end of the copy's logs.
    struct Difference: Equatable {
        let text: String
        /// Whether it is of changes.
        let isDoubt: Bool

        /// Nil where they are the same.
        init?(said: Coordinates.Position, file: String, size: UInt64) {
            guard file != said.file || size != said.position else { return nil }
            let copied = "the copy's newest log is \"\(file)\" of \(size) bytes"
            text = "the server said \"\(said.file)\" \(said.position), but \(copied)"
            isDoubt = file == said.file
        }
    }

    /// - Parameters:
    ///   - copied: the end of the copy's logs, before the server opened them.
    ///   - answers: of the recovered server; nil where it was not asked.
    ///   - finished: the statements that the recovered server logged by itself.
    ///   - difference: between the server's position and the copy's logs, as ``compare(with:)`` found it.
    func complete(
        _ copied: CopiedBinlog.Ending?,
        with answers: Answers?,
        finished: FinishedStatements = FinishedStatements(),
        difference: String? = nil
    ) -> Coordinates? {
        guard Self.isNeeded(by: run.lock) else { return locked(answers, difference) }
        let live = run.lock?.coordinates?.channels ?? []
        guard let copied else { return Self.unlogged(answers, of: reading, live: live) }
        var coordinates = copied.coordinates
        coordinates.take(answers, isMariaDB: reading.identity.isMariaDB, live: live)
        let branchDoubt = answers.flatMap { copied.branches.doubt(recovered: $0.prepared) }
        coordinates.inexactBecause = doubt ?? finished.doubt ?? branchDoubt ?? Self.channelDoubt(coordinates, reading)
        let port = reading.variables.port
        coordinates.statement = CoordinateReading(reading).statement(for: coordinates, host: run.host, port: port)
        return coordinates
    }

    /// A server without a binary log has no position of its own, but still a GTID state and channels.
    ///
    /// - Parameter live: the channels as they were before the snapshot.
    static func unlogged(
        _ answers: Answers?,
        of reading: ServerReading,
        live: [Coordinates.Channel]
    ) -> Coordinates? {
        guard let answers, !reading.variables.isOn("log_bin") else { return nil }
        var coordinates = Coordinates()
        coordinates.take(answers, isMariaDB: reading.identity.isMariaDB, live: live)
        guard coordinates != Coordinates() else { return nil }
        coordinates.inexactBecause = reading.unlockedTables ?? channelDoubt(coordinates, reading)
        return coordinates
    }

    /// Under a lock that stops commits the server's own position is exact; its channels are exact in the copy only.
    private func locked(_ answers: Answers?, _ difference: String?) -> Coordinates? {
        guard answers != nil || difference != nil, var coordinates = run.lock?.coordinates else { return nil }
        if let channels = answers?.channels { coordinates.channels = channels }
        if let gtid = answers?.gtid.first?["replica_gtid"].flatMap(CoordinateReading.singleLine) {
            coordinates.replicaGTID = gtid
        }
        coordinates.inexactBecause = coordinates.inexactBecause ?? difference ?? Self.channelDoubt(coordinates, reading)
        return coordinates
    }

    /// Where a GTID state says where replication had come to, positions are not needed.
    private static func channelDoubt(_ coordinates: Coordinates, _ reading: ServerReading) -> String? {
        let state = reading.identity.isMariaDB ? coordinates.replicaGTID : coordinates.gtid
        guard state == nil, let channel = coordinates.channels.first(where: { $0.inexactBecause != nil }) else {
            return nil
        }
        return "channel \"\(channel.name)\": \(channel.inexactBecause ?? "")"
    }

    private var doubt: String? {
        if reading.variables["innodb_flush_log_at_trx_commit"] == "0" {
            return "innodb_flush_log_at_trx_commit is 0: the data may be behind the binary log"
        }
        return reading.unlockedTables
    }
}

extension ServerReading {
    /// Why a GTID state or position is not that of all tables; nil where it is.
    fileprivate var unlockedTables: String? {
        let engines = inventory.enginesInNeedOfLock.map(\.engine)
        return engines.isEmpty ? nil : "tables of \(engines.joined(separator: ", ")) were written without a lock"
    }
}

extension Coordinates {
    /// Takes the answers of the recovered server about GTIDs and channels.
    fileprivate mutating func take(_ answers: CopiedCoordinates.Answers?, isMariaDB: Bool, live: [Channel]) {
        let row = answers?.gtid.first
        // MariaDB's own state is the end of its binary log.
        if !isMariaDB { gtid = row?["gtid"].flatMap(CoordinateReading.singleLine) }
        replicaGTID = row?["replica_gtid"].flatMap(CoordinateReading.singleLine)
        channels = answers?.channels ?? live.map(\.doubted)
    }
}

extension Coordinates.Channel {
    fileprivate var doubted: Self {
        var channel = self
        channel.inexactBecause = "the position was read while replication went on"
        return channel
    }
}
