import Lifecycle

/// Expressions: their kinds, and unknown names in them.
extension HookScan {
    @discardableResult
    func value(of expression: LuaExpression, _ scope: ScanScope, _ place: ScanPlace?) -> ScanValue {
        switch expression {
        case .constant(let constant): return .constant(constant)
        case .vararg: return .unknown
        case .function(let function):
            readUnbound(function, scope, place)
            return .function(function, scope)
        case .name(let name, let line): return scope[name] ?? global(name, line)
        case .index(let table, let key, let line):
            let keyValue = value(of: key, scope, place)
            guard case .constant(.string(let name)) = keyValue else {
                if case .list(let item) = value(of: table, scope, place) { return item }
                return .unknown
            }
            return member(name, of: value(of: table, scope, place), line, place)
        case .call(let function, let arguments, let line): return call(function, arguments, line, scope, place)
        case .method(let object, let name, let arguments, let line):
            return method(object, name, arguments, line, scope, place)
        case .table(let table):
            for item in table.items { _ = value(of: item.value, scope, place) }
            return .unknown
        case .binary(let sign, let left, let right, let line):
            return binary(sign, (left, value(of: left, scope, place)), (right, value(of: right, scope, place)), line)
        case .unary(_, let operand):
            _ = value(of: operand, scope, place)
            return .unknown
        }
    }

    private func binary(
        _ sign: String,
        _ left: (LuaExpression, ScanValue),
        _ right: (LuaExpression, ScanValue),
        _ line: Int
    ) -> ScanValue {
        if sign == "==" || sign == "~=" {
            compare(left.1, right.1, line)
            compare(right.1, left.1, line)
        }
        // "x or {}" is x, as far as its fields go.
        guard sign == "or" else { return .unknown }
        if case .record = left.1 { return left.1 }
        return .unknown
    }

    /// A comparison with a text that the field never equals.
    private func compare(_ value: ScanValue, _ other: ScanValue, _ line: Int) {
        guard case .field(let field, let what) = value, case .constant(.string(let text)) = other else { return }
        if let words = field.words, !words.contains(text) {
            note("\(what) is never \"\(text)\"\(near(text, words)); it is \(words.joined(separator: ", "))", line)
        } else if [.integer, .number, .boolean].contains(field.type) {
            note("\(what) is never the text \"\(text)\": it is \(field.type.noun)", line)
        }
    }

    func near(_ name: String, _ names: [String]) -> String {
        nearest(to: name, among: names).map { ", did you mean \"\($0)\"?" } ?? ""
    }

    // MARK: Names

    private func global(_ name: String, _ line: Int) -> ScanValue {
        if let members = ScanGlobals.libraries[name] { return .library(name, members) }
        if let advice = API.instead[name] {
            note("hooks have no \(name): \(advice)", line)
        } else if !ScanGlobals.names.contains(name) {
            note(
                "unknown global \"\(name)\"\(near(name, ScanGlobals.names + ScanGlobals.libraries.keys.sorted()))",
                line
            )
        }
        return .unknown
    }

    private func member(_ name: String, of table: ScanValue, _ line: Int, _ place: ScanPlace?) -> ScanValue {
        switch table {
        case .run(let place): return field(name, line, place)
        case .record(let fields, let what):
            guard let field = fields.first(where: { $0.name == name }) else {
                note("unknown field of \(what) \"\(name)\"\(near(name, fields.map(\.name)))", line)
                return .unknown
            }
            if let place {
                checkIsThere(field, "\(what).\(name)", line, place, isOfSet: what == "run.set")
            }
            return ScanValue(field, what: "\(what).\(name)")
        case .library(let library, let members):
            if let advice = API.instead["\(library).\(name)"] {
                note("hooks have no \(library).\(name): \(advice)", line)
            } else if !members.contains(name) {
                note("unknown \(library) \"\(name)\"\(near(name, members))", line)
            }
            return .unknown
        case .files:
            let names = FileFunction.allCases.map(\.rawValue)
            if !names.contains(name) { note("unknown run.fs \"\(name)\"\(near(name, names))", line) }
            return .unknown
        case .list:
            if name != "n" { note("a list has no field \"\(name)\": go through its items", line) }
            return .unknown
        default: return .unknown
        }
    }

    private func field(_ name: String, _ line: Int, _ place: ScanPlace) -> ScanValue {
        if RunFunction(rawValue: name) != nil || VerdictName(rawValue: name) != nil { return .method(name) }
        guard let field = RunField(rawValue: name) else {
            let names =
                RunField.allCases.map(\.rawValue) + RunFunction.allCases.map(\.rawValue)
                + VerdictName.allCases.map(\.rawValue)
            note("unknown field of run \"\(name)\"\(near(name, names))", line)
            return .unknown
        }
        checkIsThere(field.row, "run.\(name)", line, place, isOfSet: field.isOfSet)
        switch field {
        case .vars: return .vars
        case .fs: return .files
        default: return ScanValue(field.row, what: "run.\(name)")
        }
    }
}

extension HookScan {
    /// A field, of run or of a table in it, at a place that comes before its step or after its end.
    private func checkIsThere(_ field: APIField, _ what: String, _ line: Int, _ place: ScanPlace, isOfSet: Bool) {
        if let lack = place.lack(of: field, what, isOfSet: isOfSet) { note(lack, line) }
        if let until = field.until, place.isPast(until) { note("\(what) is gone after step \(until.rawValue)", line) }
    }
}

/// The names that every hook file sees.
enum ScanGlobals {
    static let names = [
        "_G", "_VERSION", "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "require", "select",
        "setmetatable", "tonumber", "tostring", "type", "xpcall",
    ]

    static let libraries: [String: [String]] = [
        "os": ["time", "date", "clock"],
        "math": [
            "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max",
            "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt", "tan",
            "tointeger", "type", "ult",
        ],
        "string": [
            "byte", "char", "dump", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize",
            "rep", "reverse", "sub", "unpack", "upper",
        ],
        "table": ["concat", "insert", "move", "pack", "remove", "sort", "unpack"],
        "utf8": ["char", "charpattern", "codepoint", "codes", "len", "offset"],
        "coroutine": ["close", "create", "isyieldable", "resume", "running", "status", "wrap", "yield"],
        "backup": Verb.allCases.map(\.rawValue) + (API.libraries["backup"] ?? []).map(\.path.name),
        "log": (API.libraries["log"] ?? []).map(\.path.name),
        "json": (API.libraries["json"] ?? []).map(\.path.name),
    ]
}
