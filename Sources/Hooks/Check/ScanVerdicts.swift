import Lifecycle

/// The names that hold verdicts, and those that a return names.
struct HeldVerdicts {
    private var held: [(name: String, verdict: String, line: Int)] = []
    private var handedOn: Set<String> = []

    mutating func hold(_ verdict: String, in name: String, _ line: Int) { held.append((name, verdict, line)) }

    mutating func handOn(_ names: Set<String>) { handedOn.formUnion(names) }

    /// The verdicts that no way out of the code returns.
    var lost: [(name: String, verdict: String, line: Int)] { held.filter { !handedOn.contains($0.name) } }
}

/// Verdicts that are kept in variables, or stand behind `and` and `or`.
extension HookScan {
    /// The verdict that an expression may be; nil: it is none.
    func verdict(of expression: LuaExpression, _ site: ScanSite) -> String? {
        switch expression {
        case .method(.name(let object, _), let name, _, _) where VerdictName(rawValue: name) != nil:
            if case .run = site.scope[object] { name } else { nil }
        case .binary("and", _, let right, _): verdict(of: right, site)
        case .binary("or", let left, let right, _): verdict(of: left, site) ?? verdict(of: right, site)
        case .single(let inner): verdict(of: inner, site)
        default: nil
        }
    }

    /// A variable that gets a value: a verdict in it has to be returned.
    func keep(_ value: LuaExpression, in target: LuaExpression, _ line: Int, _ site: ScanSite) {
        guard case .name(let name, _) = target else { return }
        if let verdict = verdict(of: value, site) { verdicts.hold(verdict, in: name, line) }
        verdicts.handOn(value.names.subtracting([name]))
    }

    func noteLostVerdicts() {
        for one in verdicts.lost {
            note("the verdict in \(one.name) is not returned: write \"return run:\(one.verdict)(…)\"", one.line)
        }
        verdicts = HeldVerdicts()
    }
}

extension LuaExpression {
    /// The names in it, those in functions left out.
    var names: Set<String> {
        switch self {
        case .constant, .vararg, .function: []
        case .name(let name, _): [name]
        case .index(let table, let key, _): table.names.union(key.names)
        case .call(let function, let arguments, _): arguments.reduce(function.names) { $0.union($1.names) }
        case .method(let object, _, let arguments, _): arguments.reduce(object.names) { $0.union($1.names) }
        case .table(let table): table.items.reduce([]) { $0.union($1.value.names) }
        case .binary(_, let left, let right, _): left.names.union(right.names)
        case .unary(_, let operand), .single(let operand): operand.names
        }
    }
}
