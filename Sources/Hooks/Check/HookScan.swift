import Lifecycle

/// Reads a hook file as it stands, follows `run`, events and results through it, and notes mistakes.
///
/// It ignores code that it does not understand: each note is an error that the run-time checks would raise as well.
final class HookScan {
    let file: String
    private(set) var found: [HookMistake] = []
    /// Functions that are being read, or have been, with the place for which.
    private var seen: Set<String> = []
    private var depth = 0

    init(file: String) { self.file = file }

    func note(_ message: String, _ line: Int) {
        let mistake = HookMistake(file: file, line: line, message: message)
        if !found.contains(mistake) { found.append(mistake) }
    }

    func read(_ block: [LuaStatement]) {
        read(block, ScanScope(), nil)
        found.sort { ($0.line, $0.message) < ($1.line, $1.message) }
    }

    /// - Parameter place: nil at the file's own level, and in functions without known callers.
    func read(_ block: [LuaStatement], _ scope: ScanScope, _ place: ScanPlace?) {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { return }
        for statement in block { read(statement, scope, place) }
    }

    private func read(_ statement: LuaStatement, _ scope: ScanScope, _ place: ScanPlace?) {
        func inner(_ block: [LuaStatement], _ prepare: (ScanScope) -> Void = { _ in }) {
            let scope = ScanScope(inside: scope)
            prepare(scope)
            read(block, scope, place)
        }
        switch statement {
        case .local(let names, let values):
            let known = values.map { value(of: $0, scope, place) }
            for (index, name) in names.enumerated() {
                // The last value may be several.
                scope.declare(
                    name,
                    index < known.count && (index < known.count - 1 || names.count <= known.count)
                        ? known[index] : .unknown
                )
            }
        case .localFunction(let name, let function):
            scope.declare(name, .function(function, scope))
            readUnbound(function, scope, place)
        case .assign(let targets, let values, let line):
            for value in values { _ = self.value(of: value, scope, place) }
            for target in targets { assign(target, line, scope, place) }
        case .call(let expression):
            if case .verdict = value(of: expression, scope, place), case .method(_, let name, _, let line) = expression
            {
                note("a verdict was made and not returned: write \"return run:\(name)(…)\"", line)
            }
        case .block(let body): inner(body)
        case .loop(let condition, let body):
            if let condition { _ = value(of: condition, scope, place) }
            inner(body)
        case .branches(let branches, let otherwise):
            for (condition, body) in branches {
                _ = value(of: condition, scope, place)
                inner(body)
            }
            if let otherwise { inner(otherwise) }
        case .count(let name, let range, let body):
            for value in range { _ = self.value(of: value, scope, place) }
            inner(body) { $0.declare(name) }
        case .each(let names, let values, let body):
            let items = values.map { value(of: $0, scope, place) }
            let item = self.item(of: values.first, items.first, scope, place)
            inner(body) { scope in
                for (index, name) in names.enumerated() { scope.declare(name, index == 1 ? item : .unknown) }
            }
        case .function(let target, _, let function):
            assign(target, function.line, scope, place)
            readUnbound(function, scope, place)
        case .return(let values, _): for value in values { _ = self.value(of: value, scope, place) }
        case .jump: break
        }
    }

    private func assign(_ target: LuaExpression, _ line: Int, _ scope: ScanScope, _ place: ScanPlace?) {
        switch target {
        case .name(let name, _):
            if scope[name] == nil { note("\(name) is a new global: make it local", line) }
            scope.assign(name)
        case .index(let table, _, _):
            switch value(of: table, scope, place) {
            case .run: note("run cannot be changed; run.vars hands values on", line)
            case .record(_, let what) where what.hasPrefix("run.") || what.hasPrefix("event"):
                note("\(what) cannot be set: only run.vars hands values on", line)
            default: break
            }
        default: break
        }
    }

    /// The items that `ipairs(list)` gives.
    private func item(
        of call: LuaExpression?,
        _ value: ScanValue?,
        _ scope: ScanScope,
        _ place: ScanPlace?
    ) -> ScanValue {
        guard case .call(.name(let name, _), let arguments, _) = call, ["ipairs", "pairs"].contains(name),
            let list = arguments.first, case .list(let item) = self.value(of: list, scope, place)
        else { return .unknown }
        return item
    }

    // MARK: Functions

    /// A function whose arguments are not known.
    ///
    /// A parameter `run` is a run, at a step that is not known.
    func readUnbound(_ function: LuaFunction, _ scope: ScanScope, _ place: ScanPlace?) {
        let arguments = function.parameters.map { $0 == "run" ? ScanValue.run(.anywhere) : .unknown }
        read(function, scope, arguments, place ?? (function.parameters.contains("run") ? .anywhere : nil))
    }

    /// Reads a function's body with the known values of its arguments.
    func read(_ function: LuaFunction, _ scope: ScanScope, _ arguments: [ScanValue], _ place: ScanPlace?) {
        let mark = "\(function.line) \(function.lastLine) \(place.map { "\($0)" } ?? "") \(arguments.map(\.mark))"
        guard seen.insert(mark).inserted else { return }
        let inside = ScanScope(inside: scope)
        for (index, name) in function.parameters.enumerated() {
            inside.declare(name, index < arguments.count ? arguments[index] : .unknown)
        }
        read(function.body, inside, place)
    }

    /// A function that is bound to a step, a filter or an event.
    func read(hook function: LuaFunction, _ scope: ScanScope, _ place: ScanPlace) {
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
                arguments.append(.list(of: .record(APIRecord.decision.fields, what: "the decision")))
            }
        case .before, .replace: break
        }
        read(function, scope, arguments, place)
        ReturnScan(scan: self, place: place).read(function, scope)
    }
}

extension ScanValue {
    /// By which one reading of a function is told from another.
    var mark: String {
        switch self {
        case .run: "run"
        case .record(_, let what): what
        case .list: "list"
        default: ""
        }
    }
}
