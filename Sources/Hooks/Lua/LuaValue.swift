import FoundationEssentials

/// A value on its way into Lua or out of it: copied, never shared.
package enum LuaValue: Sendable, Equatable {
    case none
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    /// Bytes, because paths are.
    case string([UInt8])
    case list([LuaValue])
    case table([String: LuaValue])

    package static func text(_ text: String) -> LuaValue { .string(Array(text.utf8)) }

    /// The text; malformed bytes become replacement characters, for messages.
    package var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    package var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    package var isNone: Bool { self == .none }

    /// Nil for a value that is not a list; an empty table is an empty one.
    package var list: [LuaValue]? {
        switch self {
        case .list(let items): items
        case .table(let fields) where fields.isEmpty: []
        default: nil
        }
    }

    /// Nil for a value that is not a table with names; an empty list is an empty one.
    package var fields: [String: LuaValue]? {
        switch self {
        case .table(let fields): fields
        case .list(let items) where items.isEmpty: [:]
        default: nil
        }
    }

    package subscript(_ name: String) -> LuaValue { fields?[name] ?? .none }

    /// How a message calls the value: a short text in quotes, a number as it is, else the kind.
    var shown: String {
        switch self {
        case .string: text.map { $0.count > 60 ? kind : "\"\($0)\"" } ?? kind
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .bool(let value): "\(value)"
        case .none, .list, .table: kind
        }
    }

    /// How a message calls its kind.
    var kind: String {
        switch self {
        case .none: "nil"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .list: "a list"
        case .table: "a table"
        }
    }
}

extension LuaValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        // The form of a JSON value shows only by trying: a value that cannot be read as one form is another.
        if container.decodeNil() {
            self = .none
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([LuaValue].self) {
            self = .list(value)
        } else {
            self = .table(try container.decode([String: LuaValue].self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .none: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let bytes): try container.encode(String(decoding: bytes, as: UTF8.self))
        case .list(let items): try container.encode(items)
        case .table(let fields): try container.encode(fields)
        }
    }

    /// A value as its JSON form says; absent things are absent.
    ///
    /// - Throws: `EncodingError`, `DecodingError`.
    init(encoding value: some Encodable) throws {
        let data = try JSONEncoder().encode(value)
        self = try JSONDecoder().decode(LuaValue.self, from: data)
    }

    /// Reads the value as another type.
    ///
    /// - Throws: `DecodingError`.
    func decoded<Value: Decodable>(as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: JSONEncoder().encode(self))
    }
}
