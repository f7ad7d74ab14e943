/// Follows the events of a binary log and knows where the last complete group of them ends.
///
/// A group is what a replica applies as a whole: a transaction, or a statement that commits by itself. Everything
/// between groups (rotations, lists of GTIDs, checkpoints) is complete in itself.
struct BinlogGroups {
    private enum State {
        case outside
        /// A GTID was read that says that a statement by itself follows.
        case statement
        /// A GTID was read; the next query says which of the two it is (MySQL).
        case undecided
        case transaction
    }

    private struct GTID {
        let domain: UInt32
        let server: UInt32
        let sequence: UInt64
    }

    /// Where the last complete group ends.
    private(set) var end: UInt64
    /// Statements by themselves, such as DDL; the first few.
    private(set) var statements: [String] = []
    /// How many groups the log has.
    private(set) var count = 0
    private var state = State.outside
    private var pending: GTID?
    /// MariaDB: the last GTID of each domain.
    private var last: [UInt32: GTID] = [:]

    /// - Parameter start: where the first event begins: after the magic number.
    init(start: UInt64) { end = start }

    /// `gtid_binlog_pos` of MariaDB, ordered by domain; nil without GTIDs.
    var gtid: String? {
        guard !last.isEmpty else { return nil }
        return last.values.sorted { $0.domain < $1.domain }
            .map { "\($0.domain)-\($0.server)-\($0.sequence)" }.joined(separator: ",")
    }

    mutating func append(_ event: BinlogEvent) {
        switch event.type {
        case .mariadbGTID: begin(event)
        case .mariadbGTIDList: readList(event)
        case .gtid, .anonymousGTID, .taggedGTID: state = .undecided
        case .query, .mariadbQueryCompressed: follow(event.query ?? "")
        case .xid, .xaPrepare, .transactionPayload: state = .outside
        default: break
        }
        guard case .outside = state else { return }
        if event.type?.isPartOfGroup == true { count += 1 }
        if let pending { last[pending.domain] = pending }
        pending = nil
        end = event.end
    }

    private mutating func follow(_ query: String) {
        let isEnd =
            query == "COMMIT" || query == "ROLLBACK" || query.hasPrefix("XA COMMIT") || query.hasPrefix("XA ROLLBACK")
        if !isEnd, query != "BEGIN", !isInTransaction, statements.count < 5 { statements.append(query) }
        switch state {
        case .statement: state = .outside
        case .outside, .undecided: state = query == "BEGIN" || query.hasPrefix("XA START") ? .transaction : .outside
        case .transaction: if isEnd { state = .outside }
        }
    }

    private var isInTransaction: Bool { if case .transaction = state { true } else { false } }

    /// Body: sequence number (8), domain (4), flags (1); flag 1: a statement by itself follows.
    private mutating func begin(_ event: BinlogEvent) {
        let bytes = Array(event.body)
        guard bytes.count >= 13 else { return }
        pending = GTID(
            domain: UInt32(bytes.littleEndian(at: 8, 4)),
            server: event.serverID,
            sequence: bytes.littleEndian(at: 0, 8)
        )
        state = bytes[12] & 1 == 1 ? .statement : .transaction
    }

    /// Body: number of entries (28 bits of 4 bytes), each domain (4), server (4), sequence number (8). The last entry
    /// of a domain is the newest.
    private mutating func readList(_ event: BinlogEvent) {
        let bytes = Array(event.body)
        guard bytes.count >= 4 else { return }
        let count = Int(bytes.littleEndian(at: 0, 4) & 0x0FFF_FFFF)
        for entry in 0..<count where bytes.count >= 4 + (entry + 1) * 16 {
            let offset = 4 + entry * 16
            let domain = UInt32(bytes.littleEndian(at: offset, 4))
            last[domain] = GTID(
                domain: domain,
                server: UInt32(bytes.littleEndian(at: offset + 4, 4)),
                sequence: bytes.littleEndian(at: offset + 8, 8)
            )
        }
    }
}
