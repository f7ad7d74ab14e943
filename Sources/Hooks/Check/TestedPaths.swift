import Lifecycle

/// The values that code tests before it uses them, as they are written: "run.archive", "failure".
///
/// It does not follow the flow: a value that is tested anywhere in a function counts as tested in all of it.
struct TestedPaths {
    private(set) var paths: Set<String> = []
    /// The names that are set after their declaration.
    private(set) var assigned: Set<String> = []

    init(_ block: [LuaStatement]) { read(block) }

    /// How a name, or a field of a field, is written; nil for other expressions.
    static func path(of expression: LuaExpression) -> String? {
        switch expression {
        case .name(let name, _): name
        case .index(let table, .constant(let key), _): path(of: table).map { "\($0).\(key.shown)" }
        default: nil
        }
    }

    private mutating func read(_ block: [LuaStatement]) {
        for statement in block {
            switch statement {
            case .local(_, let values), .return(let values, _): values.forEach { read($0) }
            case .localFunction(_, let function), .function(_, _, let function): read(function.body)
            case .assign(let targets, let values, _):
                for case .name(let name, _) in targets { assigned.insert(name) }
                (targets + values).forEach { read($0) }
            case .call(let call): read(call)
            case .block(let body): read(body)
            case .loop(let condition, let body):
                if let condition { test(condition) }
                read(body)
            case .branches(let branches, let otherwise):
                for branch in branches {
                    test(branch.condition)
                    read(branch.body)
                }
                read(otherwise ?? [])
            case .count(_, let values, let body), .each(_, let values, let body):
                values.forEach { read($0) }
                read(body)
            case .jump: break
            }
        }
    }

    private mutating func read(_ expression: LuaExpression) {
        switch expression {
        case .constant, .vararg, .name: break
        case .function(let function): read(function.body)
        case .index(let table, let key, _):
            read(table)
            read(key)
        case .call(let function, let arguments, _):
            read(function)
            let isAssertion = if case .name("assert", _) = function { true } else { false }
            for argument in arguments { if isAssertion { test(argument) } else { read(argument) } }
        case .method(let object, _, let arguments, _):
            read(object)
            arguments.forEach { read($0) }
        case .table(let table): table.items.forEach { read($0.value) }
        case .binary(let sign, let left, let right, _):
            let isTest = ["and", "or", "==", "~="].contains(sign)
            if isTest { test(left) } else { read(left) }
            read(right)
        case .unary(let sign, let operand):
            if sign == "not" { test(operand) } else { read(operand) }
        case .single(let inner): read(inner)
        }
    }

    /// Every value that the outcome of a test depends on.
    private mutating func test(_ expression: LuaExpression) {
        if let path = Self.path(of: expression) { paths.insert(path) }
        switch expression {
        case .binary(let sign, let left, let right, _):
            // The others raise an error for nil, and test nothing.
            guard ["and", "or", "==", "~="].contains(sign) else { return read(expression) }
            test(left)
            test(right)
        case .unary("not", let operand), .single(let operand): test(operand)
        case .call(let function, let arguments, _):
            read(function)
            arguments.forEach { test($0) }
        case .method(let object, _, let arguments, _):
            read(object)
            arguments.forEach { test($0) }
        default: read(expression)
        }
    }
}

extension HookScan {
    /// Whether the code around it tests a value, or how the run ended, which tells the same.
    func isTested(_ expression: LuaExpression) -> Bool {
        guard let path = TestedPaths.path(of: expression) else { return true }
        // Every restore has its task.
        if path.hasPrefix("run.\"restore\""), tested.contains("run.\"kind\"") { return true }
        return tested.contains(path) || tested.contains { $0.hasSuffix("\"ending\"") || $0.hasSuffix("\"error\"") }
    }

    /// How messages call a value that may be nil here; nil: it is there, or the code tests it, or may try.
    func mayBeNil(_ expression: LuaExpression, _ value: ScanValue, _ site: ScanSite) -> String? {
        guard let place = site.place, !place.isProtected, !place.isAnywhere, !place.isRelease,
            let what = value.whatMayBeNil(at: place), !isTested(expression), !isDirectory(what),
            !tested.contains(where: { $0.replacing("\"", with: "") == what })
        else { return nil }
        return what
    }

    /// Whether it is the set's directory, which each backup to a directory has.
    private func isDirectory(_ what: String) -> Bool {
        settings.hasDirectory && ["run.set.directory", "the result.directory"].contains(what)
    }

    /// Notes that code which takes no nil may get it.
    func needs(_ operand: (expression: LuaExpression, value: ScanValue), _ reason: String, _ site: ScanSite) {
        guard let what = mayBeNil(operand.expression, operand.value, site) else { return }
        note("\(what) may be nil here, and \(reason)", site.line)
    }

    /// A field of a table that may be nil here.
    func checkMayBeNil(_ table: LuaExpression, _ what: String, _ name: String, _ site: ScanSite) {
        guard let place = site.place, !place.isProtected, !place.isAnywhere, !place.isRelease, !isTested(table) else {
            return
        }
        note("\(what) may be nil here: test it before \(what).\(name) is read", site.line)
    }
}

extension ScanValue {
    /// How messages call a field that not every run has at this place.
    fileprivate func whatMayBeNil(at place: ScanPlace) -> String? {
        switch self {
        case .field(let field, let what): field.isRequired || place.proves(field, what) ? nil : what
        case .record(_, let what, true), .list(_, let what, true): what
        default: nil
        }
    }
}

extension ScanPlace {
    /// Whether the place in the run shows that a field is there which not every run has.
    fileprivate func proves(_ field: APIField, _ what: String) -> Bool {
        // A field that comes with a step is told where it is read too early.
        if field.since != nil { return true }
        guard what.hasPrefix("run.timings."), let ended = StepName(rawValue: field.name) else { return false }
        let event = verb == .on ? Fact.Kind(rawValue: target) : nil
        return event == .succeeded || (step ?? event?.step).map { $0 > ended } ?? false
    }
}
