import Lifecycle

/// Mistakes of Lua itself, which have nothing to do with hooks.
extension HookScan {
    /// The items of a table that is written out: `string.gsub` has two results, and a nil ends a list.
    func checkItems(_ table: LuaTable) {
        checkNames(table)
        guard let last = table.items.last else { return }
        if last.name == nil, !last.hasComputedKey, last.value.isSubstitution {
            note("gsub has two results, and both are items here: put it into parentheses", last.line)
        }
        for item in table.items.dropLast() where item.name == nil && !item.hasComputedKey {
            if case .constant(.none) = item.value { doubt("a list may end at this nil", item.line) }
        }
    }

    /// A name that a table has twice: the last one counts.
    func checkNames(_ table: LuaTable) {
        var seen: Set<String> = []
        for item in table.items {
            guard let name = item.name, !seen.insert(name).inserted else { continue }
            note("the name \"\(name)\" is there twice: the last one counts", item.line)
        }
    }

    /// `error(…)`.
    func checkError(_ arguments: [LuaExpression], _ values: [ScanValue], _ line: Int) {
        guard let first = arguments.first else { return note("error without a text tells nothing", line) }
        switch first {
        case .constant(.none), .constant(.bool): note("error takes a text: this one tells nothing", line)
        default: break
        }
        if values.count > 1, let (kind, what) = values[1].kind, kind != .number {
            note("error takes a text, and \(what) is no part of it: write error((\"…\"):format(…))", line)
        }
    }

    /// `os.time { … }`.
    func checkTime(_ argument: LuaExpression?, _ line: Int) {
        guard case .table(let table) = argument, !table.items.contains(where: \.hasComputedKey) else { return }
        for name in ["year", "month", "day"] where table[name] == nil {
            note("os.time { … } lacks \(name)", line)
        }
    }

    /// The values of rows: the server has neither true nor false, and none is a secret.
    func checkColumns(_ left: ScanValue, _ right: ScanValue, _ line: Int) {
        for (value, other) in [(left, right), (right, left)] {
            if case .column(let name) = value, case .constant(.bool(let given)) = other {
                note("the column \(name) is never \(given): the server answers 0, 1 or words such as Yes", line)
            }
            if case .column(let name) = value, case .constant(.string("NULL")) = other {
                note("the column \(name) is never \"NULL\": NULL is nil", line)
            }
            if case .column(let name) = value, case .constant(.string(let text)) = other, Int(text) != nil {
                doubt(
                    "the column \(name) is a number where the server has one: compare it with \(text), without quotes",
                    line
                )
            }
            if case .secret = value, case .constant(let constant) = other, constant != .none {
                note("a secret equals no other value: its text is not for Lua code", line)
            }
        }
    }

    /// Comparisons of texts that are likely to fail.
    func checkTexts(_ left: ScanValue, _ right: ScanValue, _ line: Int) {
        for (value, other) in [(left, right), (right, left)] {
            guard case .field(let field, let what) = value, case .constant(.string(let text)) = other, !text.isEmpty
            else { continue }
            if ["stdout", "stderr"].contains(field.name), what.hasPrefix("the result of run:"), !text.hasSuffix("\n") {
                doubt("\(what) ends with a line break as a rule: compare \(what):match(\"^%s*(.-)%s*$\")", line)
            }
            if text.contains("*"), field.type == .string {
                doubt("\(what) is compared with the whole text \"\(text)\": * stands for itself", line)
            }
        }
        checkRange(left, right, line)
        checkRange(right, left, line)
    }

    /// A part of a date that never has this value.
    func checkRange(_ value: ScanValue, _ other: ScanValue, _ line: Int) {
        guard case .field(let field, let what) = value, what.hasPrefix("os.date("),
            case .constant(.number(let number)) = other, let range = ScanGlobals.dateRanges[field.name],
            !range.contains(Int(clamping: Int64(number.rounded(.down))))
        else { return }
        let hint = field.name == "wday" ? ", 1 is Sunday" : ""
        note("\(what) is from \(range.lowerBound) to \(range.upperBound)\(hint)", line)
    }
}

extension ScanGlobals {
    static let dateRanges: [String: ClosedRange<Int>] = [
        "month": 1...12, "day": 1...31, "hour": 0...23, "min": 0...59, "sec": 0...60, "wday": 1...7, "yday": 1...366,
    ]

    /// A letter after a percent sign that `os.date` refuses; nil: it takes the form.
    ///
    /// Those of C99, as Lua has them.
    static func unknownConversion(in form: String) -> Substring? {
        let letters = Set("aAbBcdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%C")
        return form.matches(of: #/%([EO]?.?)/#).map(\.1).first { sign in
            guard let last = sign.last else { return true }
            return !letters.contains(last)
        }
    }
}

extension ScanValue {
    /// How messages call a value that has a metatable of its own; nil of other values.
    var ownMetatable: String? {
        switch self {
        case .run: "run"
        case .vars: "run.vars"
        case .rows: "the answer of run:sql"
        case .row: "a row"
        case .record(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"): what
        case .list(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"): what
        default: nil
        }
    }
}

extension LuaExpression {
    /// `text:match(…)`.
    var isMatch: Bool {
        switch self {
        case .method(_, "match", _, _): true
        case .call(.index(.name("string", _), .constant(.string("match")), _), _, _): true
        case .single(let inner): inner.isMatch
        default: false
        }
    }

    /// `text:gsub(…)`.
    var isSubstitution: Bool {
        switch self {
        case .method(_, "gsub", _, _): true
        case .call(.index(.name("string", _), .constant(.string("gsub")), _), _, _): true
        default: false
        }
    }
}

extension LuaTable {
    /// Whether one of its values is a function.
    var hasFunction: Bool {
        items.contains { item in
            switch item.value {
            case .function: true
            case .table(let table): table.hasFunction
            default: false
            }
        }
    }
}
