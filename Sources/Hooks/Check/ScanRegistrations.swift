import Lifecycle

/// The calls of `backup`: the names that are bound, and those that are read for their place.
extension HookScan {
    func backup(
        _ name: String,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        let members = ScanGlobals.libraries["backup"] ?? []
        guard let verb = Verb(rawValue: name) else {
            guard members.contains(name) else {
                note("unknown backup \"\(name)\"\(near(name, members))", site.line)
                for argument in arguments { _ = value(of: argument, site) }
                return .unknown
            }
            if name == "option", site.place != nil {
                doubt(
                    "backup.option is for the file's own level: a run refuses a setting that no file has read by then",
                    site.line
                )
            }
            return library("backup.\(name)", arguments, site)
        }
        isBinding = true
        guard site.place == nil else {
            note("backup.\(name) is for the file's own level, not for a function", site.line)
            return .unknown
        }
        guard case .constant(.string(let target)) = arguments.first.map({ value(of: $0, site) }) ?? .unknown
        else {
            // Its place is not known, and the rest of it can be read all the same.
            for argument in arguments { _ = value(of: argument, site) }
            return .unknown
        }
        bind(verb, target, Array(arguments.dropFirst()), site)
        return .unknown
    }

    /// - Parameter rest: the options, if there are any, and the function.
    private func bind(_ verb: Verb, _ target: String, _ rest: [LuaExpression], _ site: ScanSite) {
        if case .table(let options) = rest.count > 1 ? rest[0] : .vararg {
            check(options, API.options, "options", site.line)
        }
        guard let last = rest.last, API.targets(verb).contains(target) else { return }
        var hook = ScanPlace(verb: verb, target: target)
        checkLockTime(rest.count > 1 ? rest[0] : nil, hook, site.line)
        hook.limit = limit(rest.count > 1 ? rest[0] : nil, verb, target)
        switch last {
        case .function(let function):
            checkReached(verb, target, site.line)
            bound.append((verb, target, function))
            checkRaising(function, hook, rest.count > 1 ? rest[0] : nil)
            read(hook: function, hook, site.scope)
        case .name(let name, _):
            if case .function(let function, let home) = site.scope[name] { read(hook: function, hook, home) }
        default: break
        }
    }

    /// A second replacement of a step in the file, behind one that never declines.
    private func checkReached(_ verb: Verb, _ target: String, _ line: Int) {
        guard verb == .replace,
            let first = bound.first(where: { $0.verb == verb && $0.target == target && !$0.function.mayDecline })
        else { return }
        doubt(
            "replace(\"\(target)\") is never called: the one of line \(first.function.line) does not decline",
            line
        )
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
