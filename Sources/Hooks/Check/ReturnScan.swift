import Lifecycle

/// The results of a hook's function, on each of its ways out.
struct ReturnScan {
    let scan: HookScan
    let place: ScanPlace

    func read(_ function: LuaFunction, _ scope: ScanScope) {
        // The names at each return were looked up when the body was read.
        let scope = ScanScope(inside: scope, isOpen: true)
        // Functions of a result that run later must not use the hook's own run.
        if let run = function.parameters.first { scope.declare(run, .run(place)) }
        let returns = Self.returns(in: function.body)
        for (values, line) in returns { check(values, line, scope) }
        guard mustReturn, Self.fallsThrough(function.body) else { return }
        let isEmpty = returns.isEmpty
        let wanted =
            place.verb == .filter ? "return the value, or run:unchanged()" : "return the step's result, or run:decline"
        scan.note(isEmpty ? "there is no return: \(wanted)" : "its end returns nothing: \(wanted)", function.lastLine)
    }

    private var resultFields: [APIField] { place.step.map(API.result) ?? [] }

    private var mustReturn: Bool {
        switch place.verb {
        case .filter: true
        case .replace: !resultFields.isEmpty
        case .before, .after, .on: false
        }
    }

    private func check(_ values: [LuaExpression], _ line: Int, _ scope: ScanScope) {
        guard let value = values.first else {
            if mustReturn { scan.note("this return has no value", line) }
            return
        }
        if mustReturn, case .call(.name(let name, _), _, _) = value, case .function(let helper, _) = scope[name],
            Self.fallsThrough(helper.body)
        {
            scan.note(
                "\(name) returns nothing at its end, and this hook its result: end it with return",
                helper.lastLine
            )
        }
        switch (place.verb, value) {
        case (.before, .constant(let constant)) where constant != .none:
            scan.note("returned \(constant.kind); it may return nothing, or run:veto, defer, skip or retry", line)
        case (.before, .table):
            scan.note("returned table; it may return nothing, or run:veto, defer, skip or retry", line)
        case (.after, .constant(let constant)) where constant != .none:
            scan.note("returned \(constant.kind); after returns nothing", line)
        case (.after, .table): scan.note("returned table; after returns nothing", line)
        case (.filter, .constant(.none)): scan.note("returned nothing: return the value, or run:unchanged()", line)
        case (.filter, _):
            guard let filter = FilterName(rawValue: place.target) else { return }
            scan.check(value, is: API.field(filter), "the returned value", line)
        case (.replace, .constant(let constant)) where !mustReturn && constant != .none:
            scan.note("returned \(constant.kind); this step has no result", line)
        case (.replace, .constant(let constant)) where mustReturn:
            scan.note("returned \(constant.kind); it has to return a table, or run:decline", line)
        case (.replace, .table(let table)): result(table, line, scope)
        default: break
        }
    }

    private func result(_ table: LuaTable, _ line: Int, _ scope: ScanScope) {
        guard mustReturn else { return scan.note("returned table; this step has no result", line) }
        scan.check(table, resultFields, "result", line)
        if place.step == .lock, table["release"] == nil, table["locked"] == nil {
            scan.note("the result has no release: return one, or locked = false where nothing has to be locked", line)
        }
        if place.step == .lock { lock(table, line) }
        var later = place
        later.isRelease = true
        for item in table.items {
            if item.name == "release" {
                scan.release(item.value, "release", place, ScanSite(scope: scope, place: place, line: item.line))
            } else if case .function(let function) = item.value {
                scan.readLater(function, later, ScanSite(scope: scope, place: later))
            }
        }
    }

    /// What a replaced lock says of itself, as far as it is written out.
    private func lock(_ table: LuaTable, _ line: Int) {
        let hasRelease = table["release"] != nil
        if hasRelease, table["locked"]?.literal == .bool(false) {
            scan.note("the result has a release and locked = false", line)
        }
        if hasRelease, table["plan"]?.literal == .text("none") {
            scan.note("result.plan \"none\" is that of a run without a lock, and the result has a release", line)
        }
        if !hasRelease, table["locked"]?.literal == .bool(true) {
            scan.note("the result has no release: return one, or locked = false where nothing has to be locked", line)
        }
    }

    // MARK: Ways out

    /// The returns of a body, not those of functions in it.
    static func returns(in block: [LuaStatement]) -> [([LuaExpression], Int)] {
        block.flatMap { statement -> [([LuaExpression], Int)] in
            switch statement {
            case .return(let values, let line): [(values, line)]
            case .block(let body), .loop(_, let body), .count(_, _, let body), .each(_, _, let body): returns(in: body)
            case .branches(let branches, let otherwise):
                branches.flatMap { returns(in: $0.body) } + returns(in: otherwise ?? [])
            default: []
            }
        }
    }

    /// Whether the end of a block is reached.
    static func fallsThrough(_ block: [LuaStatement]) -> Bool {
        guard let last = block.last else { return true }
        switch last {
        case .return: return false
        case .block(let body): return fallsThrough(body)
        case .loop(.constant(.bool(true)), _): return false
        case .branches(let branches, let otherwise):
            guard let otherwise else { return true }
            return fallsThrough(otherwise) || branches.contains { fallsThrough($0.body) }
        case .call(.call(.name("error", _), _, _)): return false
        default: return true
        }
    }
}

extension HookScan {
    /// The value that a hook returns, as far as its kind is known: values that are written out are read elsewhere.
    func check(
        returned expression: LuaExpression,
        _ value: ScanValue,
        _ hook: ScanPlace,
        _ site: ScanSite
    ) {
        let line = site.line
        if case .method(let name) = value { return note("call it: return run:\(name)(…)", line) }
        if [.filter, .replace].contains(hook.verb) { refuseSecret(expression, "the result", site) }
        if case .replace = hook.verb, case .table(let table) = expression, let step = hook.step {
            checkKinds(table, API.result(of: step), "result", site.at(hook))
        }
        if case .replace = hook.verb, case .record(_, let what, _) = value, what.hasPrefix("the result of run"),
            let step = hook.step, !API.result(of: step).isEmpty
        {
            let needed = API.result(of: step).filter(\.isRequired).map { "\($0.name) = …" }.joined(separator: ", ")
            return note("returned \(what): return the step's own result, { \(needed) }", line)
        }
        if case .filter = hook.verb {
            checkFilter(expression, hook, line)
            if case .run = value {
                return note("returned run: the value is the second parameter, function(run, value)", line)
            }
            if case .record(_, let what, _) = value,
                FilterName(rawValue: hook.target).map({ API.field($0).type }) == .list
            {
                return note("the returned value has to be a list, and \(what) is a table with names", line)
            }
            if case .nothing(let name, _) = value { return note("\(name) returns nothing: return the value", line) }
        }
        guard expression.literal == nil, let (kind, what) = value.kind, kind != .none else { return }
        switch hook.verb {
        case .before: note("returned \(what); it may return nothing, or run:veto, defer, skip or retry", line)
        case .after: note("returned \(what); after returns nothing", line)
        case .filter:
            guard let filter = FilterName(rawValue: hook.target), let wanted = API.field(filter).type.kind,
                wanted != kind
            else { return }
            note("the returned value has to be \(API.field(filter).type.noun), and \(what) is \(kind.noun)", line)
        case .replace:
            guard let step = hook.step, kind != .table || API.result(of: step).isEmpty else { return }
            note("returned \(what); it has to return the step's result, or run:decline", line)
        case .on: break
        }
    }
}
