/// The event types of a binary log that say where a group of events begins and ends.
///
/// Source: the servers' `log_event.h`; 160 and above are MariaDB's.
enum BinlogEventType: UInt8 {
    case query = 2
    case rotate = 4
    case xid = 16
    case formatDescription = 15
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
    let serverID: UInt32
    let body: ArraySlice<UInt8>
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
