import Lifecycle

/// Statements, each with the names that it makes.
extension HookScan {
    func read(_ statement: LuaStatement, _ site: ScanSite) {
        switch statement {
        case .local(let names, let values): local(names, values, site)
        case .localFunction(let name, let function):
            site.scope.declare(name, .function(function, site.scope))
            readUnbound(function, site)
        case .assign(let targets, let values, let line): assign(targets, values, site.at(line))
        case .call(let expression): call(statement: expression, site)
        case .block(let body): inner(body, site)
        case .loop(let condition, let body): loop(condition, body, site)
        case .branches(let branches, let otherwise):
            for (condition, body) in branches {
                self.condition(condition, site)
                inner(body, site)
            }
            if let otherwise { inner(otherwise, site) }
        case .count(let name, let range, let body):
            for value in range { checkBound(value, site) }
            let before = repetitions
            repetitions *= LuaExpression.count(of: range)
            inner(body, site) { $0.declare(name, .typed(.number, what: name)) }
            repetitions = before
        case .each(let names, let values, let body): each(names, values, body, site)
        case .function(let target, _, let function):
            assign(target, site.at(function.line))
            readUnbound(function, site)
        case .return(let values, let line):
            let known = values.map { value(of: $0, site) }
            verdicts.handOn(values.reduce([]) { $0.union($1.names) })
            if let hook = returning, let first = values.first, let value = known.first {
                check(returned: first, value, hook, site.at(line))
            }
        case .jump: break
        }
    }

    private func inner(_ block: [LuaStatement], _ site: ScanSite, _ prepare: (ScanScope) -> Void = { _ in }) {
        let scope = ScanScope(inside: site.scope)
        prepare(scope)
        read(block, site.inside(scope))
    }

    // MARK: Variables

    private func local(_ names: [String], _ values: [LuaExpression], _ site: ScanSite) {
        let known = values.map { used($0, site) }
        if names.count > values.count, let last = values.last, let value = known.last {
            if case .record(_, let what, _) = value, what.hasPrefix("the result of run:") {
                note("\(what) is one value, and a failure raises an error: use pcall", last.line ?? 0)
            } else if !last.isOpen, !last.isNone {
                note("\(names[values.count]) gets no value", last.line ?? 0)
            }
        }
        for (index, name) in names.enumerated() {
            if index < values.count { keep(values[index], in: .name(name, line: 0), values[index].line ?? 0, site) }
            var value = index < known.count ? lasting(known[index], name) : .unknown
            if site.scope === fileScope, let members = tables.members[name] {
                value = .members(ScanMembers(name, members.mapValues { $0.map { (function: $0, home: site.scope) } }))
            } else if case .members = value, assigned.contains(name) {
                value = .unknown
            }
            site.scope.declare(name, value)
        }
    }

    private func assign(_ targets: [LuaExpression], _ values: [LuaExpression], _ site: ScanSite) {
        let known = values.map { used($0, site) }
        for (index, target) in targets.enumerated() {
            guard index < values.count else {
                assign(target, site)
                continue
            }
            keep(values[index], in: target, site.line, site)
            assign(target, site, known[index])
            checkDecision(target, values[index], site)
            checkVariable(target, values[index], site)
        }
    }

    /// A local's value as far as it stays: a name that is set again may stand for any kind.
    private func lasting(_ value: ScanValue, _ name: String) -> ScanValue {
        switch value {
        case .constant(.none): .unknown
        case .constant, .field, .typed, .list, .rows, .row: assigned.contains(name) ? .unknown : value
        default: value
        }
    }

    /// The condition of a branch or a loop.
    private func condition(_ expression: LuaExpression, _ site: ScanSite) {
        if case .binary = expression, verdict(of: expression, site) != nil {
            note("a verdict has to be returned, and is no condition", expression.line ?? 0)
        }
        condition(expression, used(expression, site), expression.line ?? 0)
    }

    // MARK: Calls

    /// A call whose result is not used.
    private func call(statement expression: LuaExpression, _ site: ScanSite) {
        if case .verdict = value(of: expression, site), case .method(_, let name, _, let line) = expression {
            note("a verdict was made and not returned: write \"return run:\(name)(…)\"", line)
        }
        if case .method(let object, "spawn", _, let line) = expression, case .run = value(of: object, site) {
            note("the program of run:spawn ends with the hook: hand it to run:undo, or return it as release", line)
        }
        guard case .call(let callee, let arguments, let line) = expression else { return }
        if case .name(let name, _) = callee, case .function(let function, _) = site.scope[name], function.returnsVerdict
        {
            note("the verdict of \(name)(…) is lost: return it", line)
        }
        if ScanGlobals.path(of: callee, site.scope) == "coroutine.resume" {
            doubt("coroutine.resume returns an error, and does not raise it: look at its result", line)
        }
        // A verb's function is the hook itself.
        guard ScanGlobals.path(of: callee, site.scope)?.hasPrefix("backup.") != true else { return }
        for case .function(let function) in arguments + callee.wrapped where function.returnsVerdict {
            note("the verdict of this function is lost: the hook has to return it", line)
        }
    }

    // MARK: Loops

    private func loop(_ condition: LuaExpression?, _ body: [LuaStatement], _ site: ScanSite) {
        if let condition {
            self.condition(condition, site)
            if condition.asksClock, body.isEmpty {
                doubt(
                    "a loop that waits spends the hook's time: run:exec { \"sleep\", … }, or return run:retry(…)",
                    condition.line ?? 0
                )
            }
        }
        inner(body, site)
    }

    /// A bound of a counting loop.
    private func checkBound(_ value: LuaExpression, _ site: ScanSite) {
        let known = used(value, site)
        needs((value, known), "a loop counts with numbers: test it before", site.at(value.line ?? 0))
        guard let (kind, what) = known.kind, kind != .number else { return }
        let hint = kind == .table ? ": write #\(what)" : ""
        note("a loop counts with numbers, and \(what) is \(kind.noun)\(hint)", value.line ?? 0)
    }

    private func each(_ names: [String], _ values: [LuaExpression], _ body: [LuaStatement], _ site: ScanSite) {
        let items = values.map { value(of: $0, site) }
        if values.count == 1, let (kind, what) = items[0].kind, kind == .table {
            note("\(what) is a table: write for … in ipairs(\(what))", values[0].line ?? 0)
        }
        let item = self.item(of: values.first, items.first, site)
        var isCounted = false
        if case .call(.name("ipairs", _), let lists, _) = values.first, site.scope["ipairs"] == nil {
            isCounted = true
            if let path = lists.first.flatMap(TestedPaths.path) { checkRemoval(from: path, in: body) }
        }
        inner(body, site) { scope in
            for (index, name) in names.enumerated() {
                let first = isCounted ? ScanValue.typed(.number, what: name) : .unknown
                scope.declare(name, index == 1 ? item : index == 0 ? first : .unknown)
            }
        }
    }

    /// An item that is removed from the list that a loop goes through: the next one is passed over.
    private func checkRemoval(from path: String, in body: [LuaStatement]) {
        for (index, statement) in body.enumerated() {
            switch statement {
            case .call(.call(.index(.name("table", _), .constant(.string("remove")), _), let arguments, let line))
            where arguments.first.flatMap(TestedPaths.path) == path && index == body.count - 1:
                note(
                    "a removal from \(path) makes the loop pass over the next item: for i = #\(path), 1, -1 do … end",
                    line
                )
            case .branches(let branches, let otherwise):
                for body in branches.map(\.body) + [otherwise ?? []] { checkRemoval(from: path, in: body) }
            case .block(let body): checkRemoval(from: path, in: body)
            default: break
            }
        }
    }

    /// The items that `ipairs(list)` gives.
    private func item(
        of call: LuaExpression?,
        _ value: ScanValue?,
        _ site: ScanSite
    ) -> ScanValue {
        guard case .call(.name(let name, _), let arguments, _) = call, ["ipairs", "pairs"].contains(name),
            let list = arguments.first
        else { return .unknown }
        switch self.value(of: list, site) {
        case .list(let item, _, _): return item
        case .rows(let columns): return .row(columns)
        default: return .unknown
        }
    }
}

extension LuaExpression {
    /// How often a loop runs whose bounds are written out; 1 for others.
    fileprivate static func count(of range: [LuaExpression]) -> Double {
        guard range.count == 2, let from = range[0].literal?.number, let to = range[1].literal?.number else { return 1 }
        return max(1, to - from + 1)
    }

    fileprivate var isNone: Bool {
        if case .constant(.none) = self { true } else { false }
    }

    /// The arguments of `coroutine.wrap(…)` where the expression is that.
    fileprivate var wrapped: [LuaExpression] {
        guard case .call(.index(.name("coroutine", _), .constant(.string("wrap")), _), let arguments, _) = self else {
            return []
        }
        return arguments
    }

    /// Whether it asks for the time.
    fileprivate var asksClock: Bool {
        switch self {
        case .call(.index(.name("os", _), .constant(.string(let name)), _), _, _): ["clock", "time"].contains(name)
        case .binary(_, let left, let right, _): left.asksClock || right.asksClock
        case .unary(_, let operand), .single(let operand): operand.asksClock
        default: false
        }
    }
}
