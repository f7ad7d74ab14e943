import Lifecycle

/// Expressions: their kinds, and unknown names in them.
extension HookScan {
    @discardableResult
    func value(of expression: LuaExpression, _ site: ScanSite) -> ScanValue {
        switch expression {
        case .constant(let constant): return .constant(constant)
        case .vararg: return .unknown
        case .function(let function):
            readUnbound(function, site)
            return .function(function, site.scope)
        case .name(let name, let line): return site.scope[name] ?? global(name, line)
        case .index(let table, let key, let line):
            let keyValue = value(of: key, site)
            let tableValue = value(of: table, site)
            guard case .constant(.string(let name)) = keyValue else {
                if case .list = tableValue {
                    needs((table, tableValue), "nil has no items: test it before", site.at(line))
                }
                return item(keyValue, of: tableValue, line)
            }
            if case .record(_, let what, true) = tableValue { checkMayBeNil(table, what, name, site.at(line)) }
            return member(name, of: tableValue, site.at(line))
        case .call(let function, let arguments, let line): return call(function, arguments, site.at(line))
        case .method(let object, let name, let arguments, let line):
            return method(object, name, arguments, site.at(line))
        case .table(let table):
            for item in table.items { used(item.value, site) }
            checkItems(table)
            return .unknown
        case .binary(let sign, let left, let right, let line):
            let (one, other) = (used(left, site), used(right, site))
            return binary(sign, (left, one), (right, other), site.at(line))
        case .unary(let sign, let operand):
            return unary(sign, operand, used(operand, site), site.at(operand.line ?? 0))
        case .single(let inner): return value(of: inner, site)
        }
    }

    /// A value on which something depends: a function that returns none is a mistake there.
    @discardableResult
    func used(_ expression: LuaExpression, _ site: ScanSite) -> ScanValue {
        let value = value(of: expression, site)
        guard case .nothing(let name, let line) = value else { return value }
        note("\(name) returns nothing: end it with return", line)
        return .unknown
    }

    /// An item under a number, or under a key that is computed.
    private func item(_ key: ScanValue, of table: ScanValue, _ line: Int) -> ScanValue {
        if case .constant(.number(let number)) = key, number < 1 {
            switch table {
            case .list, .rows: note("lists begin at 1, and have no item \(number.formatted)", line)
            default: break
            }
        }
        switch table {
        case .list(let item, _, _): return item
        case .rows(let columns):
            if case .constant(.number) = key { return .row(columns) }
            return .unknown
        case .field(let field, let what) where field.type == .string:
            if case .constant(.number(let number)) = key {
                note(
                    "\(what) is a text and has no items: write \(what):sub(\(number.formatted), \(number.formatted))",
                    line
                )
            }
            return .unknown
        case .row:
            if case .constant(.number(let number)) = key {
                note("a row has its columns by name, and none with the number \(number.formatted)", line)
            }
            return .unknown
        default: return .unknown
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

    func member(_ name: String, of table: ScanValue, _ site: ScanSite) -> ScanValue {
        let line = site.line
        switch table {
        case .run(let place): return field(name, line, place)
        case .record(let fields, let what, _):
            guard let field = fields.first(where: { $0.name == name }) else {
                note("unknown field of \(what) \"\(name)\"\(near(name, fields.map(\.name)))", line)
                return .unknown
            }
            if let place = site.place {
                checkIsThere(field, "\(what).\(name)", line, place, isOfSet: what == "run.set")
            }
            return ScanValue(field, what: "\(what).\(name)")
        case .library(let library, let members):
            if let advice = API.instead["\(library).\(name)"] {
                note("hooks have no \(library).\(name): \(advice)", line)
            } else if !members.contains(name) {
                note("unknown \(library) \"\(name)\"\(near(name, members))", line)
            } else {
                return ScanGlobals.member(library, name)
            }
            return .unknown
        case .files:
            let names = FileFunction.allCases.map(\.rawValue)
            if !names.contains(name) { note("unknown run.fs \"\(name)\"\(near(name, names))", line) }
            return .unknown
        case .list:
            note("a list has no field \"\(name)\": go through its items", line)
            return .unknown
        case .rows:
            note("run:sql answers a list of rows, which has no \"\(name)\": write rows[1].\(name)", line)
            return .unknown
        case .row(let columns?):
            if !columns.contains(name) {
                let unnamed = columns.first { $0.hasSuffix(")") }
                let hint = unnamed.map { ": name it, \($0) AS \(name)" } ?? near(name, columns)
                note("unknown column \"\(name)\"\(hint)", line)
            }
            return .column(name)
        case .row(nil): return .column(name)
        case .pastRun:
            notePastRun(site)
            return .unknown
        case .field, .typed:
            guard let (kind, what) = table.kind, kind != .table else { return .unknown }
            let isMethod = kind == .string && ScanGlobals.libraries["string"]?.contains(name) == true
            if !isMethod { note("\(what) has no fields: it is \(kind.noun)", line) }
            return .unknown
        default: return .unknown
        }
    }

    /// A run object that is used when its call has ended.
    func notePastRun(_ site: ScanSite) {
        // Elsewhere the caller is not known.
        guard isInHook || site.place?.isRelease == true else { return }
        note("this run is used up when the code runs: give the function its own, function(run)", site.line)
    }

    private func field(_ name: String, _ line: Int, _ place: ScanPlace) -> ScanValue {
        if RunFunction(rawValue: name) != nil || VerdictName(rawValue: name) != nil { return .method(name) }
        guard let field = RunField(rawValue: name) else {
            let names =
                RunField.allCases.map(\.rawValue) + RunFunction.allCases.map(\.rawValue)
                + VerdictName.allCases.map(\.rawValue)
            note(
                API.insteadOfField[name].map { "run has no \(name): \($0)" }
                    ?? "unknown field of run \"\(name)\"\(near(name, names))",
                line
            )
            return .unknown
        }
        checkIsThere(field.row, "run.\(name)", line, place, isOfSet: field.isOfSet)
        switch field {
        case .vars: return .vars
        case .fs: return .files
        default:
            // Each of them is there from the beginning, or since its step.
            let value = ScanValue(field.row.required, what: "run.\(name)")
            guard case .record(let fields, let what, _) = value else { return value }
            return .record(fields, what: what, mayBeNil: place.mayLack(field))
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
