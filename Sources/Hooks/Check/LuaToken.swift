/// A word of Lua text.
struct LuaToken: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        case name(String)
        case keyword(String)
        case symbol(String)
        case number(Double)
        case string(String)
        case end
    }

    var kind: Kind
    var line: Int
}

/// A text that this reader of Lua does not understand.
///
/// Lua itself reports the error, if there is one.
struct LuaUnreadable: Error, Equatable {
    let line: Int
}

/// Reads the words of Lua 5.4.
struct LuaLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    private static let keywords: Set<String> = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil",
        "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]
    /// The longest first.
    private static let symbols = [
        "...", "<<", ">>", "//", "==", "~=", "<=", ">=", "::", "..", "+", "-", "*", "/", "%", "^", "#", "&", "~", "|",
        "<", ">", "=", "(", ")", "{", "}", "[", "]", ";", ":", ",", ".",
    ].map { Array($0.utf8) }

    init(_ text: String) { bytes = Array(text.utf8) }

    /// - Throws: ``LuaUnreadable``.
    mutating func tokens() throws(LuaUnreadable) -> [LuaToken] {
        var tokens: [LuaToken] = []
        if bytes.first == UInt8(ascii: "#") { skipLine() }
        while try skipBlanks() {
            let start = line
            tokens.append(LuaToken(kind: try next(), line: start))
        }
        return tokens + [LuaToken(kind: .end, line: line)]
    }

    private func byte(_ offset: Int = 0) -> UInt8? {
        index + offset < bytes.count ? bytes[index + offset] : nil
    }

    private mutating func skipLine() { while let byte = byte(), byte != UInt8(ascii: "\n") { index += 1 } }

    /// Blanks and comments; false at the end.
    private mutating func skipBlanks() throws(LuaUnreadable) -> Bool {
        while let byte = byte() {
            if byte == UInt8(ascii: "-"), self.byte(1) == byte {
                index += 2
                if try longString() == nil { skipLine() }
            } else if byte <= 32 {
                if byte == UInt8(ascii: "\n") { line += 1 }
                index += 1
            } else {
                return true
            }
        }
        return false
    }

    private mutating func next() throws(LuaUnreadable) -> LuaToken.Kind {
        guard let first = byte() else { return .end }
        if Self.isNameByte(first), !Self.isDigit(first) { return word() }
        if Self.isDigit(first) || first == UInt8(ascii: "."), let second = byte(Self.isDigit(first) ? 0 : 1),
            Self.isDigit(second)
        {
            return number()
        }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return .string(try quoted(first)) }
        if let text = try longString() { return .string(text) }
        guard let symbol = Self.symbols.first(where: { bytes[index...].starts(with: $0) }) else {
            throw LuaUnreadable(line: line)
        }
        index += symbol.count
        return .symbol(String(decoding: symbol, as: UTF8.self))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    private mutating func word() -> LuaToken.Kind {
        let start = index
        while let byte = byte(), Self.isNameByte(byte) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        return Self.keywords.contains(text) ? .keyword(text) : .name(text)
    }

    private mutating func number() -> LuaToken.Kind {
        let start = index
        while let byte = byte() {
            let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let isAfterExponent = index > start && "eEpP".utf8.contains(bytes[index - 1])
            let isHexadecimal = index - start > 1 && bytes[start + 1] | 32 == UInt8(ascii: "x")
            let isExponent = isAfterExponent && !(isHexadecimal && bytes[index - 1] | 32 == UInt8(ascii: "e"))
            guard Self.isNameByte(byte) || byte == UInt8(ascii: ".") || isSign && isExponent else { break }
            index += 1
        }
        return .number(Double(String(decoding: bytes[start..<index], as: UTF8.self)) ?? .nan)
    }

    /// The escapes of one letter, by it.
    private static let escapes: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: zip("abfnrtv\\\"'".utf8, [7, 8, 12, 10, 13, 9, 11, 92, 34, 39])
    )

    /// The escapes of numbers stay as they are: names have none.
    private mutating func quoted(_ quote: UInt8) throws(LuaUnreadable) -> String {
        var content: [UInt8] = []
        index += 1
        while let byte = byte(), byte != quote {
            if byte == UInt8(ascii: "\\"), let escaped = self.byte(1) {
                content += Self.escapes[escaped].map { [$0] } ?? [byte, escaped]
                if escaped == UInt8(ascii: "\n") { line += 1 }
                index += 2
            } else {
                guard byte != UInt8(ascii: "\n") else { throw LuaUnreadable(line: line) }
                content.append(byte)
                index += 1
            }
        }
        guard byte() == quote else { throw LuaUnreadable(line: line) }
        index += 1
        return String(decoding: content, as: UTF8.self)
    }

    /// `[[…]]`, `[==[…]==]`; nil where none begins here.
    private mutating func longString() throws(LuaUnreadable) -> String? {
        guard byte() == UInt8(ascii: "[") else { return nil }
        var level = 0
        while byte(1 + level) == UInt8(ascii: "=") { level += 1 }
        guard byte(1 + level) == UInt8(ascii: "[") else { return nil }
        let end = [UInt8(ascii: "]")] + [UInt8](repeating: UInt8(ascii: "="), count: level) + [UInt8(ascii: "]")]
        index += 2 + level
        let start = index
        while index < bytes.count, !bytes[index...].starts(with: end) {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            index += 1
        }
        guard index < bytes.count else { throw LuaUnreadable(line: line) }
        defer { index += end.count }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }
}
