import Lifecycle

/// Calls of global functions, of methods of texts, and of `run.fs`.
extension HookScan {
    func checkCount(_ row: APIFunction, _ name: String, _ arguments: [LuaExpression], _ line: Int) {
        let isOpen =
            switch arguments.last {
            case .vararg, .call, .method: true
            default: false
            }
        // The last one may be any number of values.
        let count = isOpen ? max(arguments.count - 1, row.least) : arguments.count
        if let complaint = row.complaint(count, name) { note(complaint, line) }
    }

    // MARK: Global functions

    /// - Parameter path: the function's name, such as "log.info" or "tonumber".
    func library(
        _ path: String,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        let values = arguments.map { used($0, site) }
        checkVerdicts(values, site.line)
        if let row = API.function(path) { checkCount(row, path, arguments, site.line) }
        checkStandard(path, arguments, values, site.line)
        refuseSecrets(path, arguments, site)
        if path.hasPrefix("log.") { log(path, arguments, values, site) }
        switch path {
        case "backup.option": return option(arguments, site.line)
        case "ipairs", "pairs": goThrough(path, arguments, values, site)
        case "require": if let members = required(arguments) { return .members(members) }
        case "error": checkError(arguments, values, site.line)
        case "setmetatable":
            if let what = values.first?.ownMetatable {
                note("setmetatable: \(what) has a metatable of its own", site.line)
            }
        case "os.time": checkTime(arguments.first, site.line)
        case "coroutine.yield":
            if isInHook { note("a hook is no coroutine, and cannot yield: run:retry asks again later", site.line) }
        case "backup.require_api":
            if case .constant(.string(let version)) = arguments.first {
                note("backup.require_api takes a number, not \"\(version)\"", site.line)
            }
        case "backup.has":
            if case .constant(.string(let name)) = arguments.first, !API.has(name) {
                let names = API.features
                doubt("backup.has(\"\(name)\") is false in this version\(near(name, names))", site.line)
            }
        case "json.encode":
            if case .table(let table) = arguments.first, table.hasFunction {
                note("json.encode takes no functions", site.line)
            }
        case "json.decode":
            if case .table = arguments.first {
                note("json.decode takes a text, not a table", site.line)
            } else if let (kind, what) = values.first?.kind, kind != .string {
                note("json.decode takes a text, and \(what) is \(kind.noun)", site.line)
            }
        case "table.remove":
            change(path, values, site.line)
            if site.place?.target == FilterName.retentionPlan.rawValue, case .list(_, "the value", _) = values.first {
                note("a plan has each set: write decision.keep = false to remove one", site.line)
            }
        case "string.format":
            format(arguments.first, Array(arguments.dropFirst()), Array(values.dropFirst()), site.line)
        case "tonumber":
            if case .constant(.string(let text)) = arguments.first, arguments.count == 1, Double(text) == nil,
                !text.lowercased().hasPrefix("0x")
            {
                return .constant(.none)
            }
            if case .field(let field, let what) = values.first, field.form == .version {
                note("tonumber(\(what)) is nil: it is \(field.form?.noun ?? "")", site.line)
            }
        case "os.date":
            guard case .constant(.string(let form)) = arguments.first else { break }
            if let wrong = ScanGlobals.unknownConversion(in: form) {
                note("os.date has no %\(wrong): write %% for a percent sign", site.line)
            }
            if form.contains("*t") { return .record(ScanGlobals.dateFields, what: "os.date(\"*t\")") }
            if let words = ScanGlobals.dateWords(form) {
                return .field(APIField("date", .string, words: words, required: true, ""), what: "os.date(\"\(form)\")")
            }
        case "table.insert", "table.sort":
            change(path, values, site.line)
            if case .list(_, "the value", _) = values.first, arguments.count > 1, let item = arguments.last,
                site.place?.target == FilterName.archiveExclude.rawValue
            {
                checkPattern(item, site.line)
                check(item, is: .string, "an item of the list", site.line)
            }
            return .nothing(of: path, line: site.line)
        case "string.find", "string.match", "string.gmatch", "string.gsub":
            pattern(String(path.dropFirst(7)), Array(arguments.dropFirst()), site.line)
        default: break
        }
        return ScanGlobals.answer(of: path)
    }

    private func log(_ path: String, _ arguments: [LuaExpression], _ values: [ScanValue], _ site: ScanSite) {
        let line = site.line
        if site.place?.verb == .on, let target = site.place?.target, ["message", "warning"].contains(target) {
            doubt("\(path) says nothing in on(\"\(target)\"), which would be called for it again", line)
        }
        if arguments.count == 2, case .table(let fields) = arguments[1], !fields.list.isEmpty {
            note("\(path) takes more values by name, such as { count = 5 }, not as a list", line)
        }
        if let (kind, what) = values.first?.kind, kind == .table {
            note("\(path) takes a text, and \(what) is a table: json.encode(value) makes one of it", line)
        } else if case .table = arguments.first {
            note("\(path) takes a text, not a table: json.encode(value) makes one of it", line)
        }
        guard arguments.count == 2, let (kind, what) = values[1].kind, kind != .table, kind != .none else { return }
        note("\(path) takes a table of more values after its text, not \(what): join texts with ..", line)
    }

    private func option(_ arguments: [LuaExpression], _ line: Int) -> ScanValue {
        guard case .constant(.string(let key)) = arguments.first else { return .unknown }
        let what = "the option \"\(key)\""
        switch arguments.count > 1 ? arguments[1] : .constant(.none) {
        case .constant(.string(let text)):
            if let better = Quantity.misspelt(text) {
                doubt("the default \"\(text)\" of \(what) is neither time nor size: write \"\(better)\"", line)
            }
            if ["true", "false", "yes", "no", "on", "off"].contains(text) {
                let right = ["true", "yes", "on"].contains(text)
                doubt(
                    "the default \"\(text)\" of \(what) is a text, and each text counts as true: write \(right)",
                    line
                )
            }
            let isNumber = Quantity.seconds(text) != nil || Quantity.bytes(text) != nil
            return .typed(isNumber ? .number : .string, what: what)
        case .constant(.number): return .typed(.number, what: what)
        case .constant(.bool): return .typed(.boolean, what: what)
        case .constant(.none): return .typed(.string, what: what)
        case .table: return .typed(.table, what: what)
        default: return .unknown
        }
    }

    private func goThrough(_ path: String, _ arguments: [LuaExpression], _ values: [ScanValue], _ site: ScanSite) {
        let line = site.line
        if let list = arguments.first, let value = values.first {
            needs((list, value), "\(path) goes through tables: test it before", site)
        }
        switch values.first {
        case .record(_, let what, _) where path == "ipairs":
            note("ipairs goes through lists, and \(what) is a table with names: write pairs(…)", line)
        case .row where path == "ipairs": note("a row has its columns by name: write pairs(row)", line)
        case .nothing, nil: break
        case let value?:
            guard let (kind, what) = value.kind, kind != .table else { return }
            note("\(path) goes through tables, and \(what) is \(kind.noun)", line)
        }
    }

    private func change(_ path: String, _ values: [ScanValue], _ line: Int) {
        guard case .list(_, let what, _) = values.first, what.hasPrefix("run.") || what.hasPrefix("event") else {
            return
        }
        note("\(path): \(what) cannot be set: only run.vars hands values on", line)
    }

    // MARK: Texts

    /// A method of a value that is a text, or may be one.
    func text(
        _ object: ScanValue,
        _ name: String,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        let values = arguments.map { used($0, site) }
        if ["find", "match", "gmatch", "gsub"].contains(name) { pattern(name, arguments, site.line) }
        if object.kind?.kind == .string {
            checkStandard("string.\(name)", arguments, values, site.line, isMethod: true)
        }
        checkVerdicts(values, site.line)
        guard object.kind?.kind == .string else { return .unknown }
        let names = ScanGlobals.libraries["string"] ?? []
        guard names.contains(name) else {
            note("texts have no method \"\(name)\"\(near(name, names))", site.line)
            return .unknown
        }
        if name == "format", case .constant(let constant) = object {
            format(.constant(constant), arguments, values, site.line)
        }
        // A capture of a place is a number.
        if name == "match", arguments.first?.literal?.text?.contains("()") == true { return .unknown }
        return ScanGlobals.answer(of: "string.\(name)")
    }

    /// The values of a format that is written out: Lua drops those that it has no place for.
    private func format(
        _ format: LuaExpression?,
        _ arguments: [LuaExpression],
        _ values: [ScanValue],
        _ line: Int
    ) {
        guard case .constant(.string(let text)) = format else { return }
        for case .secret in values { note("a secret loses its value in a format: join it to the text with ..", line) }
        let marks = text.matches(of: #/%[-+ #0-9.]*([A-Za-z%])/#).map(\.1).filter { $0 != "%" }
        for (mark, value) in zip(marks, values) where ["d", "i", "x", "X", "c"].contains(mark) {
            switch value {
            case .field(let field, let what) where field.type == .number:
                note("%\(mark) takes whole numbers, and \(what) has a fraction: write %.0f", line)
            case .constant(.string), .constant(.bool), .typed(.boolean, _), .record, .list:
                note("%\(mark) takes whole numbers, not \(value.kind?.what ?? "this")", line)
            case .typed(.number, let what) where what == Self.quotient:
                note("%\(mark) takes whole numbers, and \(what) may have a fraction: write // or %.0f", line)
            case .field(let field, let what) where field.type != .integer:
                note("%\(mark) takes whole numbers, and \(what) is \(field.type.noun)", line)
            default: break
            }
        }
        let isOpen =
            switch arguments.last {
            case .vararg, .call, .method: true
            default: false
            }
        if !isOpen, marks.count != arguments.count {
            note("the format has \(marks.count) places, and gets \(arguments.count) values", line)
        }
    }

    /// A hyphen between letters repeats the letter before it.
    private func pattern(_ name: String, _ arguments: [LuaExpression], _ line: Int) {
        guard case .constant(.string(let text)) = arguments.first else { return }
        if name == "gsub", arguments.count > 1, case .constant(.string(let replacement)) = arguments[1],
            let fault = LuaPattern.fault(inReplacement: replacement)
        {
            note("the replacement \"\(replacement)\": \(fault)", line)
        }
        // With a third argument it is likely to be a plain text.
        if name == "find", arguments.count > 2 { return }
        if let fault = LuaPattern.fault(in: text) { return note("the pattern \"\(text)\": \(fault)", line) }
        if let sign = LuaPattern.foreignSign(in: text) { doubt("the pattern \"\(text)\": \(sign)", line) }
        guard arguments.count < 3,
            text.wholeMatch(of: #/[A-Za-z0-9_\/ ]*[A-Za-z0-9]-[A-Za-z0-9][-A-Za-z0-9_\/ ]*/#) != nil
        else { return }
        let right = text.replacing("-", with: "%-")
        note("in a pattern \"-\" repeats the letter before it: write \"\(right)\"", line)
    }

    // MARK: Files

    /// A call of `run.fs`.
    func file(
        _ name: String,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        for argument in arguments { used(argument, site) }
        guard let function = FileFunction(rawValue: name) else {
            note("unknown run.fs \"\(name)\"\(near(name, FileFunction.allCases.map(\.rawValue)))", site.line)
            return .unknown
        }
        checkCount(function.row, "run.fs.\(name)", arguments, site.line)
        for argument in arguments { refuseSecret(argument, "run.fs.\(name)", site) }
        if let path = arguments.first?.literal, path.text?.hasPrefix("/") != true {
            note("run.fs.\(name) needs an absolute path, not \(path.shown)", site.line)
        }
        if function == .read, let path = arguments.first?.literal?.text { checkSecretFile(path, site.line) }
        switch function {
        case .stat: return .record(APIRecord.stat.fields, what: "the result of run.fs.stat")
        case .list: return .list(of: .typed(.string, what: "a name"), what: "run.fs.list(…)", mayBeNil: false)
        case .read, .realpath: return .typed(.string, what: "run.fs.\(name)(…)")
        case .write:
            if arguments.count > 1 { check(arguments[1], is: .string, "the content of run.fs.write", site.line) }
            if arguments.count > 2 {
                check(arguments[2], is: .string, "the mode of run.fs.write", site.line)
                if case .constant(.string(let mode)) = arguments[2], Int(mode, radix: 8) == nil {
                    note("a mode is octal, such as 0644, not \"\(mode)\"", site.line)
                }
            }
            return .unknown
        }
    }
}

extension ScanGlobals {
    /// The name of a global function that is called, such as "log.info"; nil for other functions.
    static func path(of function: LuaExpression, _ scope: ScanScope) -> String? {
        switch function {
        case .name(let name, _): scope[name] == nil && names.contains(name) ? name : nil
        case .index(.name(let library, _), .constant(.string(let name)), _):
            scope[library] == nil && libraries[library]?.contains(name) == true ? "\(library).\(name)" : nil
        default: nil
        }
    }

    /// A member of a library, which is a function but for some numbers.
    static func member(_ library: String, _ name: String) -> ScanValue {
        let numbers: Set<String> = ["huge", "maxinteger", "mininteger", "pi"]
        if library == "math", numbers.contains(name) { return .typed(.number, what: "math.\(name)") }
        if name == "charpattern" { return .typed(.string, what: "utf8.charpattern") }
        return .global("\(library).\(name)")
    }

    /// The kind of a global function's answer.
    static func answer(of path: String) -> ScanValue {
        if path == "type" {
            return .field(APIField("type", .string, words: types, required: true, ""), what: "type(…)")
        }
        return kinds[path].map { .typed($0, what: "\(path)(…)") } ?? .unknown
    }

    private static let types = ["nil", "boolean", "number", "string", "table", "function", "thread"]

    private static let kinds: [String: LuaKind] = {
        let paths: [(LuaKind, [String])] = [
            (.number, ["tonumber", "os.time", "os.clock", "string.len", "string.byte", "string.find", "utf8.len"]),
            (
                .number,
                ["math.abs", "math.ceil", "math.floor", "math.max", "math.min", "math.random", "math.tointeger"]
            ),
            (.string, ["tostring", "os.date", "table.concat", "json.encode", "math.type"]),
            (.string, ["string.format", "string.gsub", "string.lower", "string.rep", "string.reverse", "string.sub"]),
            (.string, ["string.upper", "string.char", "string.match"]),
            (.boolean, ["backup.has", "coroutine.isyieldable", "coroutine.resume", "pcall", "xpcall"]),
            (.thread, ["coroutine.create"]), (.function, ["coroutine.wrap", "string.gmatch"]),
        ]
        return Dictionary(uniqueKeysWithValues: paths.flatMap { kind, names in names.map { ($0, kind) } })
    }()

    /// The texts that `os.date` makes of a form of one letter; nil: others.
    static func dateWords(_ form: String) -> [String]? {
        func digits(_ range: ClosedRange<Int>) -> [String] { range.map { $0 < 10 ? "0\($0)" : "\($0)" } }
        let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        return switch form.drop(while: { $0 == "!" }) {
        case "%A": days
        case "%a": days.map { String($0.prefix(3)) }
        case "%H": digits(0...23)
        case "%M": digits(0...59)
        case "%d": digits(1...31)
        case "%m": digits(1...12)
        case "%w": (0...6).map(String.init)
        case "%u": (1...7).map(String.init)
        default: nil
        }
    }

    /// The table that `os.date("*t")` makes.
    static let dateFields: [APIField] =
        ["year", "month", "day", "hour", "min", "sec", "wday", "yday"].map {
            APIField($0, .integer, required: true, "")
        }
        + [APIField("isdst", .boolean, required: true, "")]
}
