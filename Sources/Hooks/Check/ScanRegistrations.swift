import Lifecycle

/// The calls of `backup`: what is bound, and what is read for its place.
extension HookScan {
    func backup(
        _ name: String,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ scope: ScanScope,
        _ place: ScanPlace?
    ) -> ScanValue {
        let members = ScanGlobals.libraries["backup"] ?? []
        guard let verb = Verb(rawValue: name) else {
            guard members.contains(name) else {
                note("unknown backup \"\(name)\"\(near(name, members))", line)
                for argument in arguments { _ = value(of: argument, scope, place) }
                return .unknown
            }
            return library("backup.\(name)", arguments, line, scope, place)
        }
        guard place == nil else {
            note("backup.\(name) is for the file's own level, not for a function", line)
            return .unknown
        }
        guard case .constant(.string(let target)) = arguments.first.map({ value(of: $0, scope, place) }) ?? .unknown
        else {
            // Its place is not known, and the rest of it can be read all the same.
            for argument in arguments { _ = value(of: argument, scope, place) }
            return .unknown
        }
        bind(verb, target, Array(arguments.dropFirst()), line, scope)
        return .unknown
    }

    /// - Parameter rest: the options, if there are any, and the function.
    private func bind(_ verb: Verb, _ target: String, _ rest: [LuaExpression], _ line: Int, _ scope: ScanScope) {
        if case .table(let options) = rest.count > 1 ? rest[0] : .vararg {
            check(options, API.options, "options", line)
        }
        guard let last = rest.last, API.targets(verb).contains(target) else { return }
        var hook = ScanPlace(verb: verb, target: target)
        hook.limit = limit(rest.count > 1 ? rest[0] : nil, verb, target)
        switch last {
        case .function(let function):
            bound.append((verb, target, function))
            read(hook: function, scope, hook)
        case .name(let name, _):
            if case .function(let function, let home) = scope[name] { read(hook: function, home, hook) }
        default: break
        }
    }

    /// The time-out that a registration has, as far as it is written out.
    private func limit(_ options: LuaExpression?, _ verb: Verb, _ target: String) -> Duration? {
        let usual = API.usualTimeout(verb, target)
        guard let options else { return usual }
        guard case .table(let table) = options, !table.items.contains(where: \.hasComputedKey) else { return nil }
        guard let timeout = table["timeout"] else { return usual }
        return timeout.seconds.map { .seconds($0) }
    }
}
