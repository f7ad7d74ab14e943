/// Looks at the table headers of a TOML text before the parser does.
///
/// toml++ 3 ends the process, by an assertion, where a header's "[" is followed by what can't begin a key.
struct TableHeaders {
    private var rest: Substring.UTF8View
    private var line = 1
    /// Open brackets and braces of a value.
    private var depth = 0

    /// - Returns: the line of the first header that is none; nil where there is no such.
    static func firstFault(in text: String) -> Int? {
        var headers = TableHeaders(rest: text[...].utf8)
        while !headers.rest.isEmpty {
            if headers.depth == 0, headers.isFaulty { return headers.line }
            headers.skipLine()
        }
        return nil
    }

    private init(rest: Substring.UTF8View) { self.rest = rest }

    /// Whether a statement that begins here is a header without a key.
    private var isFaulty: Bool {
        var ahead = rest.drop(while: Self.isBlank)
        guard ahead.popFirst() == UInt8(ascii: "[") else { return false }
        if ahead.first == UInt8(ascii: "[") { ahead.removeFirst() }
        guard let first = ahead.first(where: { !Self.isBlank($0) }) else { return false }
        return !Self.beginsKey(first) && first != UInt8(ascii: "]")
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func beginsKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_\"'".utf8.contains(byte)
        }
    }

    /// To the next line that is not part of a string.
    private mutating func skipLine() {
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                return
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "\""), UInt8(ascii: "'"): skipString(byte)
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
            default: break
            }
        }
    }

    /// To the end of the string that `quote` has begun; one on a single line ends with the line at the latest.
    private mutating func skipString(_ quote: UInt8) {
        let long = [quote, quote]
        let isLong = rest.starts(with: long)
        if isLong { rest.removeFirst(2) }
        while let byte = rest.first {
            if byte == UInt8(ascii: "\n"), !isLong { return }
            rest.removeFirst()
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                if rest.popFirst() == UInt8(ascii: "\n") { line += 1 }
            } else if byte == quote {
                guard isLong else { return }
                guard rest.starts(with: long) else { continue }
                rest.removeFirst(2)
                // Up to two more quotes belong to the string.
                while rest.first == quote { rest.removeFirst() }
                return
            }
        }
    }
}
