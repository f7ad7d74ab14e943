/// The event types of a binary log that say where a group of events begins and ends.
///
/// Source: the servers' `log_event.h`; 160 and above are MariaDB's.
enum BinlogEventType: UInt8 {
    case query = 2
    case stop = 3
    case rotate = 4
    case xid = 16
    case formatDescription = 15
    case incident = 26
    case gtid = 33
    case anonymousGTID = 34
    case xaPrepare = 38
    case transactionPayload = 40
    case taggedGTID = 42
    case mariadbGTID = 162
    case mariadbGTIDList = 163
    case startEncryption = 164
    case mariadbQueryCompressed = 165

    /// Whether it changes data, rather than describing the log.
    var isPartOfGroup: Bool {
        switch self {
        case .query, .mariadbQueryCompressed, .xid, .xaPrepare, .transactionPayload: true
        default: false
        }
    }
}

/// One event, header and checksum taken off.
struct BinlogEvent {
    /// The header's size; the same since MySQL 5.0.
    static let headerSize = 19

    let type: BinlogEventType?
    /// Of a format description: whether the server has the log open, or went down without closing it.
    let isInUse: Bool
    /// When its statement began, in seconds since 1970.
    let time: UInt32
    let serverID: UInt32
    let body: ArraySlice<UInt8>
    /// Where it begins, in bytes from the start of the file.
    let start: UInt64
    /// Where it ends, in bytes from the start of the file.
    let end: UInt64

    /// The text of a query event.
    ///
    /// Its body: thread, time, length of the database's name (1), error (2), length of the status variables (2),
    /// the variables, the name and a zero, the text.
    var query: String? {
        guard type == .query, body.count >= 13 else { return nil }
        let bytes = Array(body)
        let start = 13 + Int(bytes.littleEndian(at: 11, 2)) + Int(bytes[8]) + 1
        guard start <= bytes.count else { return nil }
        return String(decoding: bytes[start...], as: UTF8.self)
    }
}

extension BinlogEvent {
    /// The name of the next log, in a rotation.
    ///
    /// Its body: a position (8), the name.
    var nextLog: String? {
        guard type == .rotate, body.count > 8 else { return nil }
        return String(decoding: body.dropFirst(8), as: UTF8.self)
    }

    /// MySQL's GTID, "uuid:number"; nil for other events.
    ///
    /// Its body: flags (1), the UUID (16), the number (8).
    var mysqlGTID: String? {
        guard type == .gtid, body.count >= 25 else { return nil }
        let bytes = Array(body)
        let digits = bytes[1..<17].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        let uuid = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
        return "\(uuid):\(bytes.littleEndian(at: 17, 8))"
    }

    /// When the group that it begins was committed, in seconds since 1970.
    ///
    /// MySQL's own time of the commit, in microseconds, follows after the GTID (25 bytes) and the logical clock (17); its
    /// highest bit says that another time follows. Source: MySQL's `control_events.h`. MariaDB has the whole second in
    /// which the committing statement began.
    var commitTime: Double {
        let bytes = Array(body)
        guard type == .gtid || type == .anonymousGTID, bytes.count >= 49, bytes[25] == 2 else { return Double(time) }
        let microseconds = bytes.littleEndian(at: 42, 7) & (1 << 55 - 1)
        return microseconds > 0 ? Double(microseconds) / 1e6 : Double(time)
    }
}

extension [UInt8] {
    /// An unsigned number of `size` bytes, lowest first.
    func littleEndian(at offset: Int, _ size: Int) -> UInt64 {
        self[offset..<(offset + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// The checksum of binary logs: CRC-32 as in zlib.
struct CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1 }
    }

    private var state = UInt32.max

    var value: UInt32 { ~state }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        let table = Self.table
        for byte in bytes { state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8) }
    }
}
