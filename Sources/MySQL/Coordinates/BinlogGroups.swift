/// A complete group of events in a binary log.
struct BinlogGroup: Equatable, Sendable {
    /// Where its first event begins, in bytes from the start of the file.
    var start: UInt64
    var end: UInt64
    /// When it was committed, in seconds since 1970: exactly on MySQL, in whole seconds on MariaDB.
    var time: Double
    /// Nil without GTIDs.
    var gtid: String?
}

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

    private struct GTID: CustomStringConvertible {
        let domain: UInt32
        let server: UInt32
        let sequence: UInt64

        var description: String { "\(domain)-\(server)-\(sequence)" }
    }

    /// Where the last complete group ends.
    private(set) var end: UInt64
    /// Statements by themselves, such as DDL; the first few.
    private(set) var statements: [String] = []
    /// How many groups the log has.
    private(set) var count = 0
    private var state = State.outside
    private var pending: GTID?
    private(set) var branches = XABranches()
    /// The XA transaction of the group that is read, and what the group does to it.
    private var branch: (xid: XID, state: XABranches.State)?
    /// The first event of the group that is being read.
    private var opening: BinlogEvent?
    /// The group that ended with the last event; nil where none did.
    private(set) var finished: BinlogGroup?
    /// MariaDB: the last GTID of each domain.
    private var last: [UInt32: GTID] = [:]

    private let path: String
    /// Far more than any server has: a forged log could name four billion.
    private static let mostDomains = 65_536

    /// - Parameters:
    ///   - path: of the log, for messages.
    ///   - start: where the first event begins: after the magic number.
    init(of path: String, start: UInt64) {
        self.path = path
        end = start
    }

    /// `gtid_binlog_pos` of MariaDB, ordered by domain; nil without GTIDs.
    var gtid: String? {
        guard !last.isEmpty else { return nil }
        return last.values.sorted { $0.domain < $1.domain }
            .map(\.description).joined(separator: ",")
    }

    /// - Throws: ``MySQLError/binlog(_:reason:)`` where the log names more domains of GTIDs than fit in memory.
    mutating func append(_ event: BinlogEvent) throws(MySQLError) {
        finished = nil
        if opening == nil { opening = event }
        switch event.type {
        case .mariadbGTID: begin(event)
        case .mariadbGTIDList: try readList(event)
        case .gtid, .anonymousGTID, .taggedGTID: state = .undecided
        case .query, .mariadbQueryCompressed: follow(event.query ?? "")
        case .xaPrepare:
            // Body: whether it is committed in one phase (1), …
            if event.body.first != 0 { branch?.state = .ended }
            state = .outside
        case .xid, .transactionPayload: state = .outside
        default: break
        }
        guard case .outside = state else { return }
        if event.type?.isPartOfGroup == true {
            count += 1
            finished = opening.map {
                BinlogGroup(
                    start: $0.start,
                    end: event.end,
                    time: $0.commitTime,
                    gtid: pending?.description ?? $0.mysqlGTID
                )
            }
        }
        opening = nil
        if let pending { try note(pending) }
        if let branch { branches.note(branch.xid, branch.state) }
        pending = nil
        branch = nil
        end = event.end
    }

    private mutating func follow(_ query: String) {
        readBranch(query)
        let isEnd =
            query == "COMMIT" || query == "ROLLBACK" || query.hasPrefix("XA COMMIT") || query.hasPrefix("XA ROLLBACK")
        if !isEnd, query != "BEGIN", !isInTransaction, statements.count < 5 { statements.append(query) }
        switch state {
        case .statement: state = .outside
        case .outside, .undecided: state = query == "BEGIN" || query.hasPrefix("XA START") ? .transaction : .outside
        case .transaction: if isEnd { state = .outside }
        }
    }

    /// The products' own statements name XA transactions alike.
    private mutating func readBranch(_ query: String) {
        let statements: [(String, XABranches.State)] = [
            ("XA START ", .prepared), ("XA COMMIT ", .ended), ("XA ROLLBACK ", .ended),
        ]
        guard let (verb, state) = statements.first(where: { query.hasPrefix($0.0) }) else { return }
        if let xid = XID(sql: query.dropFirst(verb.count)) { branch = (xid, state) }
    }

    private var isInTransaction: Bool { if case .transaction = state { true } else { false } }

    /// Body: sequence number (8), domain (4), flags (1), with flag 2 an identifier of the group commit (8), with flag
    /// 64 or 128 an XA transaction.
    ///
    /// Flag 1: a statement by itself follows.
    private mutating func begin(_ event: BinlogEvent) {
        let bytes = Array(event.body)
        guard bytes.count >= 13 else { return }
        pending = GTID(
            domain: UInt32(bytes.littleEndian(at: 8, 4)),
            server: event.serverID,
            sequence: bytes.littleEndian(at: 0, 8)
        )
        state = bytes[12] & 1 == 1 ? .statement : .transaction
        guard bytes[12] & 0xC0 != 0, let xid = Self.xid(bytes.dropFirst(bytes[12] & 2 == 0 ? 13 : 21)) else { return }
        branch = (xid, bytes[12] & 128 == 0 ? .prepared : .ended)
    }

    /// Format (4), lengths of both parts (1 each), the parts.
    private static func xid(_ bytes: ArraySlice<UInt8>) -> XID? {
        let bytes = Array(bytes)
        guard bytes.count >= 6, bytes.count >= 6 + Int(bytes[4]) + Int(bytes[5]) else { return nil }
        let parts = bytes[6...]
        return XID(
            format: bytes.littleEndian(at: 0, 4),
            global: Array(parts.prefix(Int(bytes[4]))),
            branch: Array(parts.dropFirst(Int(bytes[4])).prefix(Int(bytes[5])))
        )
    }

    /// Body: number of entries (28 bits of 4 bytes), each domain (4), server (4), sequence number (8).
    ///
    /// The last entry of a domain is the newest.
    private mutating func readList(_ event: BinlogEvent) throws(MySQLError) {
        let bytes = Array(event.body)
        guard bytes.count >= 4 else { return }
        // The log may be forged: only entries that are there count.
        let count = min(Int(bytes.littleEndian(at: 0, 4) & 0x0FFF_FFFF), (bytes.count - 4) / 16)
        for entry in 0..<count {
            let offset = 4 + entry * 16
            try note(
                GTID(
                    domain: UInt32(bytes.littleEndian(at: offset, 4)),
                    server: UInt32(bytes.littleEndian(at: offset + 4, 4)),
                    sequence: bytes.littleEndian(at: offset + 8, 8)
                )
            )
        }
    }

    private mutating func note(_ gtid: GTID) throws(MySQLError) {
        last[gtid.domain] = gtid
        guard last.count <= Self.mostDomains else {
            throw .binlog(path, reason: "it names more than \(Self.mostDomains) domains of GTIDs")
        }
    }
}
