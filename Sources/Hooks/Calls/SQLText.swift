/// A statement with values in place of its question marks.
enum SQLText {
    /// - Throws: ``LuaError`` where marks and values are not as many.
    static func fill(
        _ text: String,
        _ values: [LuaValue],
        _ secrets: UsedSecrets
    ) throws -> String {
        var rest = values[...]
        var filled = ""
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" || character == "`" {
                quote = character
            } else if character == "?" {
                guard let value = rest.popFirst() else { throw LuaError("the query has more ? than values") }
                filled += try literal(value, secrets)
                continue
            }
            filled.append(character)
        }
        guard rest.isEmpty else { throw LuaError("the query has fewer ? than values") }
        return filled
    }

    /// How many values a statement takes: marks in quotes are none.
    static func marks(in text: String) -> Int {
        var quote: Character?
        return text.count { character in
            if let open = quote {
                if character == open { quote = nil }
            } else if "'\"`".contains(character) {
                quote = character
            } else {
                return character == "?"
            }
            return false
        }
    }

    /// Whether text follows a semicolon outside of quotes.
    static func isSeveral(_ text: String) -> Bool {
        var quote: Character?
        var isEnded = false
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if "'\"`".contains(character) {
                quote = character
            } else if character == ";" {
                isEnded = true
            } else if isEnded, !character.isWhitespace {
                return true
            }
        }
        return false
    }

    private static func literal(_ value: LuaValue, _ secrets: UsedSecrets) throws -> String {
        switch value {
        case .none: return "NULL"
        case .bool(let value): return value ? "1" : "0"
        case .integer(let value): return "\(value)"
        case .number(let value): return "\(value)"
        // Hexadecimal digits need no quoting, under any rules of the session.
        case .string(let bytes): return bytes.isEmpty ? "''" : "X'" + hexadecimal(bytes) + "'"
        case .table where UsedSecrets.shown(value) != nil:
            return try literal(.string(secrets.bytes(value, "a value")), secrets)
        case .table, .list: throw LuaError("\(value.kind) cannot stand in a query")
        }
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String { bytes.map(hexadecimal).joined() }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.count == 1 ? "0" + text : text
    }
}
