/// The place in the history of a server at which a replay of its binary logs stops.
package enum ReplayTarget: Equatable, Sendable {
    /// Seconds since 1970: the transactions that were committed before.
    case time(Double)
    /// A position behind a transaction.
    case position(file: String, UInt64)
    /// The transactions with these GTIDs, and all before the last of them.
    case gtid([String])

    /// Reads "FILE:POS", a GTID, "@SECONDS", or a time such as "2026-11-28 04:05:06", local where it has no offset.
    ///
    /// - Throws: ``MySQLError/replayTarget(_:reason:)``
    package init(_ text: String) throws {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        if words.count == 2, let position = UInt64(words[1]), Self.isLog(String(words[0])) {
            self = .position(file: String(words[0]), position)
        } else if let gtids = Self.gtids(text) {
            self = .gtid(gtids)
        } else {
            self = .time(try WrittenTime(text).seconds)
        }
    }

    /// "NAME.NUMBER" of at least six digits.
    private static func isLog(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex, !name.contains("/") else { return false }
        let digits = name[name.index(after: dot)...]
        return digits.count >= 6 && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// MariaDB's "domain-server-sequence" or MySQL's "uuid:number"; several with commas.
    private static func gtids(_ text: String) -> [String]? {
        let gtids = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        return gtids.allSatisfy { isMariaDB($0) || isMySQL($0) } ? gtids.map { $0.lowercased() } : nil
    }

    private static func isMariaDB(_ gtid: String) -> Bool {
        let numbers = gtid.split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 3 && UInt32(numbers[0]) != nil && UInt32(numbers[1]) != nil && UInt64(numbers[2]) != nil
            && !WrittenTime.isDate(gtid)
    }

    private static func isMySQL(_ gtid: String) -> Bool {
        let parts = gtid.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 36 && parts[0].allSatisfy { $0.isHexDigit || $0 == "-" }
            && UInt64(parts[1]) != nil
    }
}
