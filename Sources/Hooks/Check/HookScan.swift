import Lifecycle

/// Reads a hook file as it stands, follows `run`, events and results through it, and notes mistakes.
///
/// It ignores code that it does not understand: each note is an error that the run-time checks would raise as well.
final class HookScan {
    let file: String
    private(set) var found: [HookMistake] = []
    /// Code that a run takes, and that is likely to be meant otherwise.
    private(set) var doubts: [HookMistake] = []
    /// Functions that are being read, or have been, with the place for which.
    private var seen: Set<String> = []
    private var depth = 0
    /// The values that the function at hand, and those around it, test.
    var tested: Set<String> = []
    /// The names that the file sets again after their declaration.
    private var assigned: Set<String> = []
    /// The statements that the hook at hand sends by `run:admin`, with their lines.
    var administered: [(statement: String, line: Int)] = []
    /// The hook whose own function is being read; nil in other functions.
    private var returning: ScanPlace?
    private var isInsideHook = false
    /// The hooks that the file binds, with the text of each.
    var bound: [(verb: Verb, target: String, function: LuaFunction)] = []

    init(file: String) { self.file = file }

    func note(_ message: String, _ line: Int) {
        let mistake = HookMistake(file: file, line: line, message: message)
        if !found.contains(mistake) { found.append(mistake) }
    }

    func doubt(_ message: String, _ line: Int) {
        let doubt = HookMistake(file: file, line: line, message: message)
        if !doubts.contains(doubt) { doubts.append(doubt) }
    }

    func read(_ block: [LuaStatement]) {
        assigned = TestedPaths(block).assigned
        read(block, ScanSite(scope: ScanScope()))
        found.sort { ($0.line, $0.message) < ($1.line, $1.message) }
    }

    func read(_ block: [LuaStatement], _ site: ScanSite) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { return }
        for statement in block { read(statement, site) }
    }

    private func read(_ statement: LuaStatement, _ site: ScanSite) {
        func inner(_ block: [LuaStatement], _ prepare: (ScanScope) -> Void = { _ in }) {
            let scope = ScanScope(inside: site.scope)
            prepare(scope)
            read(block, site.inside(scope))
        }
        switch statement {
        case .local(let names, let values):
            let known = values.map { used($0, site) }
            if names.count > values.count, case .record(_, let what, _) = known.last,
                what.hasPrefix("the result of run:")
            {
                note("\(what) is one value, and a failure raises an error: use pcall", values.last?.line ?? 0)
            }
            if names.count > values.count, case .constant(let constant) = values.last, constant != .none {
                note("\(names[values.count]) gets no value", values.last?.line ?? 0)
            }
            for (index, name) in names.enumerated() {
                // The last value may be several.
                let isKnown = index < known.count && (index < known.count - 1 || names.count <= known.count)
                site.scope.declare(name, isKnown ? lasting(known[index], name) : .unknown)
            }
        case .localFunction(let name, let function):
            site.scope.declare(name, .function(function, site.scope))
            readUnbound(function, site)
        case .assign(let targets, let values, let line):
            for value in values { used(value, site) }
            for (index, target) in targets.enumerated() {
                assign(target, site.at(line))
                guard index < values.count else { continue }
                checkDecision(target, values[index], site.at(line))
                checkVariable(target, values[index], site.at(line))
            }
        case .call(let expression):
            if case .verdict = value(of: expression, site), case .method(_, let name, _, let line) = expression {
                note("a verdict was made and not returned: write \"return run:\(name)(…)\"", line)
            }
            if case .call(.name(let name, let line), _, _) = expression,
                case .function(let function, _) = site.scope[name],
                function.returnsVerdict
            {
                note("the verdict of \(name)(…) is lost: return it", line)
            }
        case .block(let body): inner(body)
        case .loop(let condition, let body):
            if let condition { self.condition(condition, site) }
            inner(body)
        case .branches(let branches, let otherwise):
            for (condition, body) in branches {
                self.condition(condition, site)
                inner(body)
            }
            if let otherwise { inner(otherwise) }
        case .count(let name, let range, let body):
            for value in range {
                guard let (kind, what) = used(value, site).kind, kind != .number else { continue }
                let hint = kind == .table ? ": write #\(what)" : ""
                note("a loop counts with numbers, and \(what) is \(kind.noun)\(hint)", value.line ?? 0)
            }
            inner(body) { $0.declare(name) }
        case .each(let names, let values, let body):
            let items = values.map { value(of: $0, site) }
            if values.count == 1, let (kind, what) = items[0].kind, kind == .table {
                note("\(what) is a table: write for … in ipairs(\(what))", values[0].line ?? 0)
            }
            let item = self.item(of: values.first, items.first, site)
            inner(body) { scope in
                for (index, name) in names.enumerated() { scope.declare(name, index == 1 ? item : .unknown) }
            }
        case .function(let target, _, let function):
            assign(target, site.at(function.line))
            readUnbound(function, site)
        case .return(let values, let line):
            let known = values.map { value(of: $0, site) }
            if let hook = returning, let first = values.first, let value = known.first {
                check(returned: first, value, hook, site.at(line))
            }
        case .jump: break
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
        condition(expression, used(expression, site), expression.line ?? 0)
    }

    /// Locks and transactions on the session of `run:admin`, which ends with the hook.
    private func checkAdministration() {
        var hold = SessionHold()
        for sent in administered { hold.note(sent.statement) }
        if let complaint = hold.complaint, let last = administered.last { note(complaint, last.line) }
        administered = []
    }

    private func assign(_ target: LuaExpression, _ site: ScanSite) {
        switch target {
        case .name(let name, _):
            if site.scope[name] == nil { note("\(name) is a new global: make it local", site.line) }
            site.scope.assign(name)
        case .index(let table, _, _):
            switch value(of: table, site) {
            case .run: note("run cannot be changed; run.vars hands values on", site.line)
            case .record(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"):
                note("\(what) cannot be set: only run.vars hands values on", site.line)
            case .list(_, let what, _) where what.hasPrefix("run.") || what.hasPrefix("event"):
                note("\(what) cannot be set: only run.vars hands values on", site.line)
            default: break
            }
        default: break
        }
    }

    /// A field of a table that a filter may change.
    private func checkDecision(
        _ target: LuaExpression,
        _ value: LuaExpression,
        _ site: ScanSite
    ) {
        guard case .index(let table, .constant(.string(let name)), _) = target,
            case .record(let fields, let what, _) = self.value(of: table, site), what == Self.decision,
            case let field = fields.first(where: { $0.name == name })
        else { return }
        guard let field else {
            return note("unknown field of \(what) \"\(name)\"\(near(name, fields.map(\.name)))", site.line)
        }
        check(value, is: field, "\(what).\(name)", site.line)
    }

    private static let decision = "the decision"

    /// `run.vars` hands on what JSON has: no functions, and keys that are names or numbers.
    private func checkVariable(
        _ target: LuaExpression,
        _ value: LuaExpression,
        _ site: ScanSite
    ) {
        guard case .index(let table, let key, _) = target, case .vars = self.value(of: table, site) else {
            return
        }
        if case .function = self.value(of: value, site) { note("run.vars hands on no functions", site.line) }
        if case .constant(.bool) = key { note("run.vars takes names and whole numbers, not a boolean", site.line) }
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

    // MARK: Functions

    /// A function whose arguments are not known.
    ///
    /// A parameter `run` is a run, at a step that is not known.
    func readUnbound(_ function: LuaFunction, _ site: ScanSite) {
        let arguments = function.parameters.map { $0 == "run" ? ScanValue.run(.anywhere) : .unknown }
        let place = site.place ?? (function.parameters.contains("run") ? .anywhere : nil)
        read(function, arguments, site.at(place))
    }

    /// Reads a function's body with the known values of its arguments.
    func read(_ function: LuaFunction, _ arguments: [ScanValue], _ site: ScanSite) {
        let mark = "\(function.line) \(function.lastLine) \(site.place.map { "\($0)" } ?? "") \(arguments.map(\.mark))"
        guard seen.insert(mark).inserted else { return }
        let inside = ScanScope(inside: site.scope)
        for (index, name) in function.parameters.enumerated() {
            inside.declare(name, index < arguments.count ? arguments[index] : .unknown)
        }
        let outer = tested
        defer { tested = outer }
        tested.formUnion(TestedPaths(function.body).paths)
        // Functions inside of the hook's own return to it.
        let isHook = returning != nil && !isInsideHook
        let before = (returning, isInsideHook)
        defer { (returning, isInsideHook) = before }
        if isHook { isInsideHook = true } else { returning = nil }
        read(function.body, site.inside(inside))
    }

    /// A function that is bound to a step, a filter or an event.
    func read(hook function: LuaFunction, _ place: ScanPlace, _ scope: ScanScope) {
        var arguments: [ScanValue] = [.run(place)]
        switch place.verb {
        case .on:
            if let kind = Fact.Kind(rawValue: place.target) {
                arguments.append(.record(API.eventFields + API.fields(of: kind), what: "event"))
            }
        case .after:
            if let record = place.step.flatMap(API.known) {
                arguments.append(.record(record.fields, what: "the result"))
            }
        case .filter:
            if place.target == FilterName.retentionPlan.rawValue {
                let decision = ScanValue.record(APIRecord.decision.fields, what: Self.decision)
                arguments.append(.list(of: decision, what: "the value", mayBeNil: false))
            } else if let filter = FilterName(rawValue: place.target) {
                arguments.append(ScanValue(API.field(filter), what: "the value"))
            }
        case .before, .replace: break
        }
        administered = []
        (returning, isInsideHook) = (place, false)
        read(function, arguments, ScanSite(scope: scope, place: place))
        (returning, isInsideHook) = (nil, false)
        checkAdministration()
        ReturnScan(scan: self, place: place).read(function, scope)
    }
}

extension ScanValue {
    /// By which one reading of a function is told from another.
    var mark: String {
        switch self {
        case .run: "run"
        case .record(_, let what, let mayBeNil): "\(what)\(mayBeNil ? "?" : "")"
        case .list(_, let what, _): "list \(what)"
        case .field(_, let what), .typed(_, let what): what
        default: ""
        }
    }
}
