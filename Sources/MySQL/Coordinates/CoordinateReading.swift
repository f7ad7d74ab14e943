package import Lifecycle

/// The statements for the coordinates of the server's logs, and the meaning of their answers.
package struct CoordinateReading: Sendable {
    package let identity: ServerIdentity
    /// Whether the server writes a binary log.
    package let logsChanges: Bool
    /// Why the positions of channels may lag behind the data; nil where they do not.
    package let channelDoubt: String?

    package init(identity: ServerIdentity, logsChanges: Bool, channelDoubt: String? = nil) {
        self.identity = identity
        self.logsChanges = logsChanges
        self.channelDoubt = channelDoubt
    }

    /// Nil with the binary log off.
    package var position: String? {
        guard logsChanges else { return nil }
        return identity.saysBinaryLogStatus ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS"
    }

    package var gtid: String {
        identity.isMariaDB
            ? "SELECT @@global.`gtid_binlog_pos` AS `gtid`, @@global.`gtid_slave_pos` AS `replica_gtid`"
            : "SELECT @@global.`gtid_executed` AS `gtid`"
    }

    package var channels: String {
        if identity.isMariaDB { return "SHOW ALL SLAVES STATUS" }
        return identity.saysReplica ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS"
    }

    /// In the order in which they are sent.
    package var statements: [String] { [position, gtid, channels].compactMap { $0 } }

    /// Puts the answers to ``statements`` together.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)`` where the binary log is on and its position is missing.
    func coordinates(_ answers: [Rows]) throws -> Coordinates {
        let rest = answers.suffix(2)
        guard let gtid = rest.first, let channels = rest.last, answers.count == statements.count else {
            throw MySQLError.answer(to: statements.joined(separator: "; "), missing: "an answer for each")
        }
        return try coordinates(position: position == nil ? nil : answers[0], gtid: gtid, channels: channels)
    }

    /// Puts the answers together.
    ///
    /// - Throws: ``MySQLError/answer(to:missing:)`` where the binary log is on and its position is missing.
    package func coordinates(position: Rows?, gtid: Rows, channels: Rows) throws -> Coordinates {
        var coordinates = Coordinates(channels: channels.compactMap(channel))
        coordinates.gtid = gtid.first?["gtid"].flatMap(Self.singleLine)
        coordinates.replicaGTID = gtid.first?["replica_gtid"].flatMap(Self.singleLine)
        if let position, let sql = self.position {
            guard let row = position.first, let file = row["File"],
                let offset = row["Position"].flatMap({ UInt64($0) })
            else { throw MySQLError.answer(to: sql, missing: "File and Position") }
            coordinates.binlog = Coordinates.Position(file: file, position: offset)
        }
        return coordinates
    }

    /// GTID sets of MySQL come with a line break after each comma; nil of an empty one, as with `gtid_mode=OFF`.
    static func singleLine(_ text: String) -> String? {
        let line = text.filter { !$0.isNewline }
        return line.isEmpty ? nil : line
    }

    private func channel(_ row: Row) -> Coordinates.Channel? {
        guard let host = row["Source_Host"] ?? row["Master_Host"] else { return nil }
        let port = (row["Source_Port"] ?? row["Master_Port"]).flatMap { Int($0) } ?? 3306
        let file = row["Relay_Source_Log_File"] ?? row["Relay_Master_Log_File"] ?? ""
        let offset = (row["Exec_Source_Log_Pos"] ?? row["Exec_Master_Log_Pos"]).flatMap { UInt64($0) }
        return Coordinates.Channel(
            name: row["Channel_Name"] ?? row["Connection_name"] ?? "",
            sourceHost: host,
            sourcePort: port,
            executed: file.isEmpty ? nil : offset.map { Coordinates.Position(file: file, position: $0) },
            inexactBecause: channelDoubt
        )
    }
}

extension CoordinateReading {
    /// A statement that makes the restored copy a replica of this server; account and password are left to add.
    func statement(for coordinates: Coordinates, host: String, port: Int) -> String? {
        guard let binlog = coordinates.binlog else { return nil }
        let word = identity.saysReplicationSource ? "SOURCE" : "MASTER"
        let verb = identity.saysReplicationSource ? "CHANGE REPLICATION SOURCE TO" : "CHANGE MASTER TO"
        let change = """
            \(verb) \(word)_HOST = \(host.quotedForSQL), \(word)_PORT = \(port), \
            \(word)_LOG_FILE = \(binlog.file.quotedForSQL), \(word)_LOG_POS = \(binlog.position);
            """
        guard identity.isMariaDB, let gtid = coordinates.gtid else { return change }
        return "SET GLOBAL `gtid_slave_pos` = \(gtid.quotedForSQL);\n" + change
    }
}
