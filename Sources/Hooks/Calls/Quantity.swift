import Lifecycle

/// Times and sizes as hooks and the configuration write them.
enum Quantity {
    /// Ten years, in seconds.
    private static let longest = 10.0 * 365 * 86_400

    /// - Throws: ``LuaError``.
    static func seconds(_ value: LuaValue, _ what: String) throws -> Double {
        if let number = value.number, number >= 0, number <= longest { return number }
        guard let text = value.text, let seconds = seconds(text), seconds <= longest else {
            throw LuaError("\(what) has to be a time such as 30, \"30s\" or \"5m\", not \(value.shown)\(advice(value))")
        }
        return seconds
    }

    private static func advice(_ value: LuaValue) -> String {
        guard let text = value.text else { return "" }
        if Double(text) != nil { return ": write \(text) without quotes" }
        return misspelt(text).map { ": write \"\($0)\"" } ?? ""
    }

    static func seconds(_ text: String) -> Double? {
        scaled(text, [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)])
    }

    static func bytes(_ text: String) -> Int64? {
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)].map { ($0, Double(1 << $1)) }
        return scaled(text, units + [("B", 1)]).flatMap { Int64(exactly: $0.rounded()) }
    }

    /// The spelling that is meant by a text such as "5 min" or "10GB"; nil for a text of another kind.
    ///
    /// "20G" stays a text: LVM and other programs take it.
    static func misspelt(_ text: String) -> String? {
        guard let match = text.wholeMatch(of: #/\s*([0-9]+(?:\.[0-9]+)?)(\s*)([A-Za-z]+)\s*/#) else { return nil }
        let (number, unit) = (match.1, String(match.3))
        if match.2.isEmpty, seconds(text) != nil || bytes(text) != nil { return nil }
        let right = ["ms", "s", "m", "h", "d", "B", "KiB", "MiB", "GiB", "TiB"]
        if right.contains(unit) { return "\(number)\(unit)" }
        return spellings[unit.lowercased()].map { "\(number)\($0)" }
    }

    /// Common spellings of units, in small letters.
    private static let spellings: [String: String] = {
        let units = [
            "ms": "msec msecs millisecond milliseconds", "s": "sec secs second seconds", "m": "min mins minute minutes",
            "h": "hr hrs hour hours", "d": "day days", "B": "byte bytes", "KiB": "kb kib", "MiB": "mb mib",
            "GiB": "gb gib",
            "TiB": "tb tib",
        ]
        return Dictionary(
            uniqueKeysWithValues: units.flatMap { unit, words in words.split(separator: " ").map { (String($0), unit) }
            }
        )
    }()

    private static func scaled(_ text: String, _ units: [(String, Double)]) -> Double? {
        guard let unit = units.first(where: { text.hasSuffix($0.0) && text.count > $0.0.count }),
            let number = Double(text.dropLast(unit.0.count)), number >= 0
        else { return nil }
        return number * unit.1
    }

    /// An option as the form of its default wants it: "30s" means seconds, "10GiB" bytes.
    ///
    /// - Throws: ``LuaError``.
    static func option(_ given: LuaValue, like standard: LuaValue, _ what: String) throws -> LuaValue {
        switch standard {
        case .none:
            guard let text = given.text, !text.isEmpty else { throw LuaError("\(what) is not set, and has no default") }
            return given
        case .string(let bytes): return try option(given, likeText: String(decoding: bytes, as: UTF8.self), what)
        case .bool:
            guard given.isNone || given.bool != nil else {
                throw LuaError("\(what) has to be true or false, not \(given.shown)")
            }
        case .integer:
            guard given.isNone || given.integer != nil else {
                throw LuaError("\(what) has to be a whole number, not \(given.shown)")
            }
        case .number:
            guard given.isNone || given.number != nil else {
                throw LuaError("\(what) has to be a number, not \(given.shown)")
            }
        case .list, .table:
            guard given.isNone || given.list != nil || given.fields != nil else {
                throw LuaError("\(what) has to be \(standard.kind), not \(given.shown)")
            }
        }
        return given.isNone ? standard : given
    }

    /// A text of the command line as the form of the default wants it.
    ///
    /// - Throws: ``LuaError`` for a text of another form.
    static func value(of text: String, like standard: LuaValue, _ what: String) throws -> LuaValue {
        switch standard {
        case .bool:
            guard let value = Bool(text) else { throw LuaError("\(what) has to be true or false, not \"\(text)\"") }
            return .bool(value)
        case .integer:
            guard let value = Int64(text) else { throw LuaError("\(what) has to be a whole number, not \"\(text)\"") }
            return .integer(value)
        case .number:
            guard let value = Double(text) else { throw LuaError("\(what) has to be a number, not \"\(text)\"") }
            return .number(value)
        case .list, .table: return try table(of: text, like: standard, what)
        case .string(let bytes):
            let form = String(decoding: bytes, as: UTF8.self)
            if seconds(form) != nil, let number = Double(text) { return .number(number) }
            if Self.bytes(form) != nil, let number = Int64(text) { return .integer(number) }
            return .text(text)
        case .none: return .text(text)
        }
    }

    /// A list as "a,b" or as JSON, a table as JSON.
    private static func table(of text: String, like standard: LuaValue, _ what: String) throws -> LuaValue {
        if text.hasPrefix("[") || text.hasPrefix("{") {
            do { return try JSONValues.decode(.text(text)) } catch {
                throw LuaError("\(what) begins like JSON and is none: \(text)")
            }
        }
        guard standard.list != nil else {
            throw LuaError("\(what) has to be a table as JSON, such as {\"a\": 1}, not \"\(text)\"")
        }
        return .list(text.split(separator: ",").map { .text(String($0)) })
    }

    private static func option(_ given: LuaValue, likeText standard: String, _ what: String) throws -> LuaValue {
        if seconds(standard) != nil {
            return .number(try seconds(given.isNone ? .text(standard) : given, what))
        }
        if let bytes = bytes(standard) {
            if let number = given.integer { return .integer(number) }
            guard !given.isNone else { return .integer(bytes) }
            // A default of "20G" stays text, for programs that take it; as a value "20G" is "20GiB", as LVM has it.
            guard let wanted = given.text.flatMap({ Self.bytes($0) ?? Self.bytes("\($0)iB") }) else {
                throw LuaError("\(what) has to be a size such as \"10GiB\", not \(given.shown)\(advice(given))")
            }
            return .integer(wanted)
        }
        guard given.isNone || given.text != nil else {
            throw LuaError("\(what) has to be a string, not \(given.shown)")
        }
        return given.isNone ? .text(standard) : given
    }
}
