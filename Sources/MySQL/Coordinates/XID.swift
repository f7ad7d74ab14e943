/// The identifier of an XA transaction.
struct XID: Hashable, Sendable {
    let format: UInt64
    let global: [UInt8]
    let branch: [UInt8]

    /// As both products write it in their logs, such as "X'78',X'',1".
    var sql: String { "X'\(Self.hex(global))',X'\(Self.hex(branch))',\(format)" }

    init(format: UInt64, global: [UInt8], branch: [UInt8]) {
        self.format = format
        self.global = global
        self.branch = branch
    }

    /// Reads what ``sql`` writes; MariaDB may write a part that is plain text in quotes alone.
    ///
    /// Words may follow. MariaDB's `XA RECOVER` leaves out an empty branch and format 1, as in `'one'` (measured, 10.11 and
    /// 11.8).
    init?(sql text: some StringProtocol) {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = parts.first, let global = Self.bytes(literal: first),
            let branch = parts.count > 1 ? Self.bytes(literal: parts[1]) : [],
            let format = parts.count > 2 ? UInt64(parts[2].prefix { $0.isASCII && $0.isNumber }) : 1
        else { return nil }
        self.init(format: format, global: global, branch: branch)
    }

    /// Reads a row of the answer to ``recovered(_:)``; MySQL writes both parts as one number.
    init?(row: Row) {
        guard let data = row["data"] else { return nil }
        guard data.hasPrefix("0x") else {
            self.init(sql: data)
            return
        }
        guard let bytes = Self.bytes(hex: data.dropFirst(2)), let format = row["formatID"].flatMap({ UInt64($0) }),
            let length = row["gtrid_length"].flatMap({ Int($0) }), 0...bytes.count ~= length
        else { return nil }
        self.init(format: format, global: Array(bytes[..<length]), branch: Array(bytes[length...]))
    }

    /// The statement that lists prepared XA transactions, with identifiers that may be of any bytes.
    static func recovered(_ identity: ServerIdentity) -> String {
        identity.isMariaDB ? "XA RECOVER FORMAT='SQL'" : "XA RECOVER CONVERT XID"
    }

    private static func bytes(literal: some StringProtocol) -> [UInt8]? {
        guard literal.hasSuffix("'") else { return nil }
        if literal.hasPrefix("X'"), literal.count > 2 { return bytes(hex: literal.dropFirst(2).dropLast()) }
        return literal.hasPrefix("'") && literal.count > 1 ? Array(literal.utf8.dropFirst().dropLast()) : nil
    }

    private static func bytes(hex: some StringProtocol) -> [UInt8]? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
