import FoundationEssentials

/// JSON for hooks.
enum JSONValues {
    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// - Throws: ``LuaError`` for a number that JSON does not have.
    static func encode(_ value: LuaValue) throws -> [UInt8] {
        do { return Array(try encoder.encode(value)) } catch {
            throw LuaError("json.encode: JSON has neither infinite numbers nor nan")
        }
    }

    /// Bytes of a text: one of empty lists alone takes about a hundred times as much memory while it is read.
    static let longestText = 4 << 20

    /// - Throws: ``LuaError``.
    static func decode(_ text: LuaValue) throws -> LuaValue {
        guard case .string(let bytes) = text else { throw LuaError("json.decode needs a string, not \(text.kind)") }
        guard bytes.count <= longestText else {
            throw LuaError("json.decode: the text has \(bytes.count) bytes, of \(longestText) that are read")
        }
        do {
            return try JSONDecoder().decode(LuaValue.self, from: Data(bytes))
        } catch {
            throw LuaError("json.decode: this is not JSON: \(String(decoding: bytes.prefix(60), as: UTF8.self))")
        }
    }

    /// A value in a line of the log.
    static func short(_ value: LuaValue) -> String {
        if let text = value.text { return text }
        // A value that cannot be encoded is shown by its kind.
        guard let data = try? JSONEncoder().encode(value) else { return value.kind }
        return String(decoding: data, as: UTF8.self)
    }
}
