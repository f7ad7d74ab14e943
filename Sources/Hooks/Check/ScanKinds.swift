import Lifecycle

/// Operators whose operands are of kinds that they do not take.
extension HookScan {
    func binary(
        _ sign: String,
        _ left: (expression: LuaExpression, value: ScanValue),
        _ right: (expression: LuaExpression, value: ScanValue),
        _ site: ScanSite
    ) -> ScanValue {
        let line = site.line
        if ["==", "~=", "<", ">", "<=", ">="].contains(sign) { compareStatus(left.value, right.value, line) }
        switch sign {
        case "==", "~=":
            checkColumns(left.value, right.value, line)
            compare(left.value, right.value, line)
            compare(right.value, left.value, line)
            compareKinds(left.value, right.value, line)
            checkTexts(left.value, right.value, line)
            if sign == "==" { checkSelf(left.expression, right.expression, line) }
            for case .table in [left.expression, right.expression] {
                note("a new table equals no other: compare #… with 0, or fields", line)
            }
            return .typed(.boolean, what: "a comparison")
        case "<", ">", "<=", ">=":
            order(left.value, right.value, line)
            for operand in [left, right] { needs(operand, "nil cannot be ordered: test it before", site) }
            refuseSecret([left.value, right.value], toBe: "ordered", line)
            for (value, other) in [(left.value, right.value), (right.value, left.value)] {
                checkRange(value, other, line)
            }
            return .typed(.boolean, what: "a comparison")
        case "..":
            for case .secret in [left.value, right.value] { return .secret }
            for operand in [left, right] { join(operand.expression, operand.value, site) }
            return .typed(.string, what: "a joined text")
        case "and":
            if case .unary("#", _) = left.expression { condition(left.expression, left.value, line) }
            checkChain("and", left.expression, right.expression, line)
            return .unknown
        case "or":
            checkChain("or", left.expression, right.expression, line)
            checkChoice(left.expression, line)
            if case .binary("==", _, _, _) = left.expression, case .constant(let constant) = right.expression,
                ["string", "number"].contains(constant.kind)
            {
                note("\(constant.shown) alone is always true: write the whole comparison after or", line)
            }
            switch left.value {
            // "x or {}" is x, as far as its fields go.
            case .record(let fields, let what, _): return .record(fields, what: what)
            case .list(let item, let what, _): return .list(of: item, what: what, mayBeNil: false)
            case .field(let field, let what):
                guard right.value.kind?.kind == field.type.kind else { return .unknown }
                return .field(field.required, what: what)
            default: return .unknown
            }
        case "+", "-", "*", "/", "//", "%", "^":
            for operand in [left, right] {
                calculate(operand.value, line)
                needs(operand, "nil cannot be calculated with: test it before", site)
                if operand.expression.isMatch {
                    doubt("match(…) is nil where the text does not fit, and nil cannot be calculated with", line)
                }
            }
            refuseSecret([left.value, right.value], toBe: "calculated with", line)
            if ["//", "%"].contains(sign), case .constant(.number(0)) = right.expression {
                note("\(sign) 0 is an error: there is no such number", line)
            }
            if sign == "/" { return .typed(.number, what: Self.quotient) }
            return .typed(.number, what: "the result of \(sign)")
        case "&", "|", "~", "<<", ">>":
            for operand in [left, right] {
                calculate(operand.value, line)
                guard case .constant(.number(let number)) = operand.value, number != number.rounded() else { continue }
                note("\(sign) takes whole numbers, not \(number.formatted)", line)
            }
            return .typed(.number, what: "the result of \(sign)")
        default: return .unknown
        }
    }

    static let quotient = "the result of /"

    func unary(_ sign: String, _ operand: LuaExpression, _ value: ScanValue, _ site: ScanSite) -> ScanValue {
        let line = site.line
        switch sign {
        case "not":
            condition(operand, value, line)
            return .typed(.boolean, what: "not …")
        case "#":
            if let (kind, what) = value.kind, ![.table, .string].contains(kind) {
                note("\(what) has no length: it is \(kind.noun)", line)
            }
            if case .secret = value { note("a secret has no length: its text is not for Lua code", line) }
            if case .record(_, let what, _) = value { note("\(what) has no length: it is a table with names", line) }
            needs((operand, value), "nil has no length: test it before", site)
            return .typed(.number, what: "a length")
        case "-":
            calculate(value, line)
            needs((operand, value), "nil cannot be calculated with: test it before", site)
            return .typed(.number, what: "a number")
        default: return .unknown
        }
    }

    // MARK: Comparisons

    /// The status of a program whose failure is an error.
    private func compareStatus(_ left: ScanValue, _ right: ScanValue, _ line: Int) {
        for (value, other) in [(left, right), (right, left)] {
            guard case .field(let field, let what) = value, case .constant(.number(let number)) = other,
                field.type == .integer, let words = field.words, words.count > 1, !words.contains(number.formatted)
            else { continue }
            let known = words.count > 9 ? "\(words[0]) to \(words[words.count - 1])" : words.joined(separator: ", ")
            let remedy = what.contains("run:http") ? "check = false" : "ok = { …, \(number.formatted) }"
            note(
                "\(what) is never \(number.formatted), another status than \(known) is an error: give it \(remedy)",
                line
            )
        }
        for case .field(let field, let what) in [left, right] where field.words == ["0"] && field.type == .integer {
            note("\(what) is always 0, another status is an error: give the command ok = { 0, 1 }, or use pcall", line)
        }
    }

    /// A comparison with a text that the field never equals.
    private func compare(_ value: ScanValue, _ other: ScanValue, _ line: Int) {
        guard case .field(let field, let what) = value, case .constant(.string(let text)) = other else { return }
        if let words = field.words, field.type == .string {
            guard !words.contains(text) else { return }
            note("\(what) is never \"\(text)\"\(near(text, words)); it is \(words.joined(separator: ", "))", line)
        } else if let near = misspelt(text, among: field.usual), !field.usual.contains(text) {
            note("\(what) is never \"\(text)\", did you mean \"\(near)\"?", line)
        } else if [.integer, .number, .boolean].contains(field.type) {
            note("\(what) is never the text \"\(text)\": it is \(field.type.noun)", line)
        } else if field.type == .string, let form = field.form, !form.includes(.text(text)) {
            note("\(what) is never \"\(text)\": it is \(form.noun)", line)
        }
    }

    /// Values of two kinds are never equal, and Lua says nothing.
    private func compareKinds(_ left: ScanValue, _ right: ScanValue, _ line: Int) {
        guard let one = left.kind, let other = right.kind, one.kind != other.kind, one.kind != .none,
            other.kind != .none
        else { return }
        switch (left, right) {
        case (.field(let field, _), .constant(.string)) where [.integer, .number, .boolean].contains(field.type): return
        case (.constant(.string), .field(let field, _)) where [.integer, .number, .boolean].contains(field.type): return
        case (.constant, _): note("\(other.what) is never \(one.what): it is \(other.kind.noun)", line)
        case (_, .constant): note("\(one.what) is never \(other.what): it is \(one.kind.noun)", line)
        default:
            note("\(one.what) is \(one.kind.noun), and \(other.what) \(other.kind.noun): they are never equal", line)
        }
    }

    private func order(_ left: ScanValue, _ right: ScanValue, _ line: Int) {
        for value in [left, right] {
            guard let (kind, what) = value.kind, ![.number, .string].contains(kind) else { continue }
            let hint = kind == .table ? ": write #\(what) for its length" : ""
            return note("\(what) cannot be ordered, it is \(kind.noun)\(hint)", line)
        }
        for (value, other) in [(left, right), (right, left)] {
            if case .field(let field, let what) = value, field.form == .fraction,
                case .constant(.number(let number)) = other,
                number > 1
            {
                note("\(what) is never over 1: it is a fraction from 0 to 1", line)
            }
            if case .constant(.string(let text)) = value, case .column(let name) = other,
                Double(text) == nil, Quantity.seconds(text) != nil || Quantity.bytes(text) != nil
            {
                note(
                    "the column \(name) is a number where the text is one, which Lua does not order with \"\(text)\"",
                    line
                )
            } else if case .constant(.string(let text)) = value, Double(text) != nil, other.kind == nil {
                note("\"\(text)\" is a text, which Lua does not order with numbers: write \(text)", line)
            }
        }
        guard let one = left.kind, let other = right.kind else { return }
        if one.kind != other.kind {
            note(
                "\(one.what) is \(one.kind.noun), and \(other.what) \(other.kind.noun): Lua does not order them, write tonumber(…)",
                line
            )
        }
        for case .field(let field, let what) in [left, right] where field.form == .version {
            note(
                "\(what) is a text, and texts are ordered letter by letter, \"10.11\" before \"10.6\": compare numbers that string.match finds",
                line
            )
        }
    }

    // MARK: Texts and numbers

    private func join(_ expression: LuaExpression, _ value: ScanValue, _ site: ScanSite) {
        let line = site.line
        if case .table = expression {
            return note("a table cannot be joined to a text: join its fields or items", line)
        }
        if let (kind, what) = value.kind, ![.number, .string].contains(kind) {
            let hint =
                switch kind {
                case .table: "join its fields or items"
                default: "write tostring(…)"
                }
            return note("\(what) cannot be joined to a text, it is \(kind.noun): \(hint)", line)
        }
        guard let what = mayBeNil(expression, value, site) else { return }
        note("\(what) may be nil here, and nil cannot be joined to a text: write (\(what) or \"\")", line)
    }

    /// A word of a program: a nil ends the list.
    func checkWord(_ expression: LuaExpression, _ value: ScanValue, _ what: String, _ site: ScanSite) {
        let line = site.line
        needs((expression, value), "nil ends a list of words: test it before", site)
        guard let (kind, name) = value.kind, ![.number, .string].contains(kind) else { return }
        note("\(what) has to be a text, and \(name) is \(kind.noun)", line)
    }

    /// The values of a table that is written out, as far as their kinds are known.
    func checkKinds(_ table: LuaTable, _ fields: [APIField], _ what: String, _ site: ScanSite) {
        for item in table.items {
            guard let field = fields.first(where: { $0.name == item.name }) else { continue }
            let value = value(of: item.value, site)
            if case .secret = value, ![.any, .text].contains(field.type) {
                noteSecret("\(what).\(field.name)", item.line)
            }
            if case .row = value, let record = field.record {
                let names = record.fields.map(\.name).joined(separator: ", ")
                note("\(what).\(field.name) is a row of a query, and has to be a table of \(names)", item.line)
            }
            if field.name == "json", case .typed(_, "json.encode(…)") = value {
                note("\(what).json takes the value itself, and makes JSON of it", item.line)
            }
            if let (kind, name) = value.kind, let allowed = field.type.kinds, !allowed.contains(kind) {
                note("\(what).\(field.name) has to be \(field.type.noun), and \(name) is \(kind.noun)", item.line)
            }
            guard item.value.literal == nil, let (kind, name) = value.kind, let wanted = field.type.kind,
                kind != wanted,
                kind != .none, field.type != .duration
            else { continue }
            note("\(what).\(field.name) has to be \(field.type.noun), and \(name) is \(kind.noun)", item.line)
        }
    }

    private func calculate(_ value: ScanValue, _ line: Int) {
        guard let (kind, what) = value.kind else { return }
        let isNumeric =
            switch value {
            case .constant(.string(let text)): Double(text.filter { !$0.isWhitespace }) != nil
            case .field(let field, _) where kind == .string: field.form == nil || field.form == .octal
            default: [.number, .string].contains(kind)
            }
        if !isNumeric { note("\(what) cannot be calculated with: it is \(kind.noun)", line) }
    }

    // MARK: Conditions

    /// A condition that always holds: in Lua 0 and empty lists count as true.
    func condition(_ expression: LuaExpression, _ value: ScanValue, _ line: Int) {
        switch (expression, value) {
        case (_, .verdict): note("a verdict has to be returned, and is no condition", line)
        case (.unary("#", _), _): note("a length is always true, 0 too: write #… > 0", line)
        case (.index, .list(_, let what, false)):
            note("\(what) is always true, if it is empty, too: write #\(what) > 0", line)
        case (_, .record(_, let what, false)) where what.hasPrefix("the result of run:"):
            note("\(what) is always true, a failure raises an error: use pcall", line)
        case (_, .typed(.string, let what)) where what.hasPrefix("run.fs."):
            note("\(what) is always true, a missing file raises an error: use run.fs.stat", line)
        case (_, .rows): note("the answer of run:sql is always true, without rows, too: write #rows > 0", line)
        case (.index, .field(let field, let what)) where field.isRequired && [.integer, .number].contains(field.type):
            note("\(what) is always true, 0 too: compare it with a number", line)
        default: break
        }
    }
}
