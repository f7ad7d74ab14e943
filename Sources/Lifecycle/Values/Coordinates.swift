/// Where replaying the binary log onto a restored copy starts.
public struct Coordinates: Codable, Equatable, Sendable {
    /// File and position of the server's own binary log.
    public struct Position: Codable, Equatable, Sendable {
        /// The name of the log file.
        public var file: String
        /// Bytes from the start of the file.
        public var position: UInt64

        /// Creates a position in a log file.
        public init(file: String, position: UInt64) {
            self.file = file
            self.position = position
        }
    }

    /// A channel through which the server replicates.
    public struct Channel: Codable, Equatable, Sendable {
        /// Empty for the default channel.
        public var name: String
        /// The host of the source.
        public var sourceHost: String
        /// The port of the source.
        public var sourcePort: Int
        /// The source's log and position up to which this server has executed.
        public var executed: Position?
        /// Nil where going on from that position loses and repeats nothing; else why that is not certain.
        public var inexactBecause: String?

        /// Creates the state of a channel.
        public init(
            name: String,
            sourceHost: String,
            sourcePort: Int,
            executed: Position?,
            inexactBecause: String? = nil
        ) {
            self.name = name
            self.sourceHost = sourceHost
            self.sourcePort = sourcePort
            self.executed = executed
            self.inexactBecause = inexactBecause
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case sourceHost = "source_host"
            case sourcePort = "source_port"
            case executed
            case inexactBecause = "inexact_because"
        }
    }

    /// Nil with the binary log off.
    public var binlog: Position?
    /// The server's GTID state: `gtid_binlog_pos` (MariaDB) or `gtid_executed` (MySQL).
    public var gtid: String?
    /// `gtid_slave_pos` (MariaDB).
    public var replicaGTID: String?
    /// The channels through which the server replicates; empty for a server that is no replica.
    public var channels: [Channel]
    /// Nil where replaying from here loses and repeats nothing; else why that is not certain.
    public var inexactBecause: String?
    /// A ready statement that makes the restored copy a replica of this server.
    public var statement: String?

    /// Creates coordinates.
    public init(
        binlog: Position? = nil,
        gtid: String? = nil,
        replicaGTID: String? = nil,
        channels: [Channel] = [],
        inexactBecause: String? = nil,
        statement: String? = nil
    ) {
        self.binlog = binlog
        self.gtid = gtid
        self.replicaGTID = replicaGTID
        self.channels = channels
        self.inexactBecause = inexactBecause
        self.statement = statement
    }

    private enum CodingKeys: String, CodingKey {
        case binlog, gtid
        case replicaGTID = "replica_gtid"
        case channels
        case inexactBecause = "inexact_because"
        case statement
    }
}

extension Coordinates {
    /// Why replaying from here, or going on as a replica, may lose or repeat something.
    ///
    /// The position of a channel does not matter where a GTID state says where replication had come to.
    var doubt: String? {
        if let inexactBecause { return inexactBecause }
        guard gtid == nil, replicaGTID == nil else { return nil }
        return channels.lazy.compactMap { channel in
            channel.inexactBecause.map { "channel \"\(channel.name)\": \($0)" }
        }.first
    }
}
