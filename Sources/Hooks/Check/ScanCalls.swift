import Lifecycle

/// Calls, and whether they are allowed where they stand.
extension HookScan {
    func call(
        _ function: LuaExpression,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        if case .index(.name("backup", _), .constant(.string(let name)), _) = function, site.scope["backup"] == nil {
            return backup(name, arguments, site)
        }
        if case .name(let name, _) = function, ["pcall", "xpcall"].contains(name), site.scope[name] == nil {
            protected(arguments, site)
            checkStandard(name, arguments, [], site.line)
            return ScanGlobals.answer(of: name)
        }
        if let path = ScanGlobals.path(of: function, site.scope) { return library(path, arguments, site) }
        let callee: ScanValue
        if case .index(let object, .constant(.string(let name)), let line) = function {
            let table = value(of: object, site)
            if case .files = table { return file(name, arguments, site) }
            if case .members(let members) = table { return call(member: name, of: members, arguments, site) }
            if let (kind, what) = table.kind, kind == .string, ScanGlobals.libraries["string"]?.contains(name) == true {
                note("call it with a colon: \(what):\(name)(…)", site.line)
            }
            callee = member(name, of: table, site.at(line))
        } else {
            callee = value(of: function, site)
        }
        let values = arguments.map { used($0, site) }
        checkVerdicts(values, site.line)
        switch callee {
        case .method(let name): note("call it with a colon: run:\(name)(…)", site.line)
        case .library(let name, let members):
            note("\(name) is a table: write \(name).\(members.contains("info") ? "info" : members[0])(…)", site.line)
        case .run: note("run is a table: write run:FUNCTION(…)", site.line)
        case .field(_, let what), .record(_, let what, _), .list(_, let what, _):
            note("\(what) is a field, not a function", site.line)
        case .global(let path) where path.hasPrefix("backup."):
            return backup(String(path.dropFirst(7)), arguments, site)
        case .global(let path): return library(path, arguments, site)
        case .typed(.thread, let what): note("\(what) is a coroutine: write coroutine.resume(…)", site.line)
        case .typed(let kind, let what) where kind != .function:
            note("\(what) is \(kind.noun), not a function", site.line)
        case .constant(let constant) where constant != .none:
            note("\(constant.shown) is a \(constant.kind), not a function", site.line)
        case .column(let name): note("the column \(name) is no function", site.line)
        case .pastRun: notePastRun(site)
        case .function(let body, let home):
            if case .name(let name, _) = function { checkRun(of: body, name, arguments, site.line) }
            // It is handed the run: it is read for this place, too.
            read(body, values.map(\.asArgument), site.inside(home))
            if body.returnsNothing, case .name(let name, _) = function { return .nothing(of: name, line: site.line) }
        default: break
        }
        return .unknown
    }

    /// A verdict that a function gets does not end the hook.
    func checkVerdicts(_ values: [ScanValue], _ line: Int) {
        for case .verdict in values { note("a verdict has to be returned: write \"return run:…\"", line) }
    }

    /// Code under `pcall` may try.
    private func protected(_ arguments: [LuaExpression], _ site: ScanSite) {
        if case .method(let object, let name, _, let line) = arguments.first, case .run = value(of: object, site) {
            note("pcall gets what \(name) returns: write pcall(function() … end)", line)
        }
        var place = site.place
        place?.isProtected = true
        for argument in arguments {
            if case .function(let function) = argument {
                read(function, [], site.inside(ProtectedScope.make(site)).at(place))
            } else if case .index(let object, _, _) = argument {
                // The function's own name: pcall(run.exec, run, …).
                _ = value(of: object, site)
            } else {
                _ = value(of: argument, site)
            }
        }
    }

    // MARK: Methods of run

    func method(
        _ object: LuaExpression,
        _ name: String,
        _ arguments: [LuaExpression],
        _ site: ScanSite
    ) -> ScanValue {
        let values = { (arguments: [LuaExpression]) in for one in arguments { self.used(one, site) } }
        switch value(of: object, site) {
        case .run(let here):
            if let verdict = VerdictName(rawValue: name) {
                values(arguments)
                checkCount(verdict.row, "run:\(name)", arguments, site.line)
                return self.verdict(verdict, arguments, site.line, here)
            }
            if let function = RunFunction(rawValue: name) {
                checkPlace(function, site.line, here)
                checkCount(function.row, "run:\(name)", arguments, site.line)
                given(function, arguments, here, site.at(here))
                return answer(function, arguments)
            }
            if RunField(rawValue: name) != nil {
                note("run.\(name) is a field, not a function", site.line)
            } else {
                let names = RunFunction.allCases.map(\.rawValue) + VerdictName.allCases.map(\.rawValue)
                note(
                    API.insteadOfField[name].map { "run has no \(name): \($0)" }
                        ?? "unknown field of run \"\(name)\"\(near(name, names))",
                    site.line
                )
            }
        case .files: return file(name, arguments, site)
        case .members(let members):
            values(arguments)
            if members.functions[name] == nil {
                note("\(members.what) has no \"\(name)\"\(near(name, members.functions.keys.sorted()))", site.line)
            }
        case .vars: note("run.vars has no functions: write run.vars.NAME = value", site.line)
        case .pastRun:
            values(arguments)
            notePastRun(site)
        case .library(let library, let members) where members.contains(name):
            note("call it with a dot: \(library).\(name)(…)", site.line)
            values(arguments)
        case .secret: note("a secret has no function \"\(name)\": its text is not for Lua code", site.line)
        case .record(let fields, let what, _):
            let isField = fields.contains { $0.name == name }
            note(
                isField ? "\(what).\(name) is a field, not a function" : "\(what) has no function \"\(name)\"",
                site.line
            )
        case let value:
            if let (kind, what) = value.kind, kind != .string {
                note("\(what) has no functions: it is \(kind.noun)", site.line)
                return .unknown
            }
            needs((object, value), "nil has no functions: test it before", site)
            return text(value, name, arguments, site)
        }
        return .unknown
    }

    private func verdict(
        _ name: VerdictName,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ place: ScanPlace
    ) -> ScanValue {
        let row = name.row
        guard place.isAnywhere || row.verbs.contains(place.verb), !place.isRelease else {
            let allowed = API.verdicts.filter { $0.verbs.contains(place.verb) }.map { "run:\($0.name)" }
            let hint = allowed.isEmpty ? "it takes no verdict" : "it takes \(allowed.joined(separator: ", "))"
            note("run:\(row.name) is not for \(place.verb.rawValue); \(hint)", line)
            return .verdict
        }
        if row.isRefusedUnderLock, place.isUnderLock { note("run:\(row.name) is refused while the lock is held", line) }
        if name == .skip, place.step?.rule.allowsSkip == false {
            note("the step \"\(place.target)\" cannot be skipped", line)
        }
        switch arguments.first {
        case .constant(.string("")), .constant(.none), .constant(.bool), .table:
            note("run:\(row.name) needs a reason, which is a text", line)
        default: break
        }
        guard name == .retry, arguments.count > 1 else { return .verdict }
        if case .table(let table) = arguments[1] { check(table, API.retryFields, "options", line) }
        if case .constant(let constant) = arguments[1] {
            note("run:retry takes a table of options, such as { wait = \"10s\" }, not \(constant.shown)", line)
        }
        return .verdict
    }

    private func checkPlace(_ function: RunFunction, _ line: Int, _ place: ScanPlace) {
        guard !place.isRelease, !place.isAnywhere else { return }
        let row = function.row
        if !row.verbs.contains(place.verb) {
            let verbs = Verb.allCases.filter(row.verbs.contains).map(\.rawValue).joined(separator: ", ")
            note("run:\(row.name) is not for \(place.verb.rawValue); it is for \(verbs)", line)
        } else if row.isRefusedUnderLock, place.isUnderLock, !place.isProtected {
            note("run:\(row.name) is refused while the lock is held", line)
        } else if function == .admin, let step = place.step, step > .lock || step == .lock && place.verb == .after {
            note("run:admin is for statements before the lock; run:undo acts later", line)
        }
    }

    private func answer(_ function: RunFunction, _ arguments: [LuaExpression]) -> ScanValue {
        if function == .spawn { return .record(API.processFields, what: "process") }
        if function == .secret { return .secret }
        if let status = status(of: function, arguments.first), let record = function.row.record {
            let fields = record.fields.map { $0.name == "status" ? status : $0 }
            return .record(fields, what: "the result of run:\(function.rawValue)")
        }
        if function == .sql || function == .admin {
            guard case .constant(.string(let text)) = arguments.first else { return .rows(nil) }
            return .rows(SelectedColumns.names(in: text))
        }
        return function.row.record.map { .record($0.fields, what: "the result of run:\(function.rawValue)") }
            ?? .unknown
    }
}

extension HookScan {
    /// The statuses that raise no error, as far as the call says them.
    fileprivate func status(of function: RunFunction, _ argument: LuaExpression?) -> APIField? {
        guard case .table(let table) = argument, !table.items.contains(where: \.hasComputedKey) else { return nil }
        func field(_ words: [String]) -> APIField { APIField("status", .integer, words: words, required: true, "") }
        if function == .http, table["check"] == nil { return field((200...299).map(String.init)) }
        guard function == .exec else { return nil }
        guard let given = table["ok"] else { return field(["0"]) }
        guard case .table(let list) = given, list.list.count == list.items.count else { return nil }
        let words = list.list.compactMap { $0.literal?.integer.map(String.init) }
        return words.count == list.items.count && words.count > 1 ? field(words) : nil
    }
}

extension ScanValue {
    /// As a function of the file gets it: another call may hand it a value of another kind.
    var asArgument: ScanValue {
        switch self {
        case .constant, .field, .typed: .unknown
        default: self
        }
    }
}

/// The names under `pcall`: the run in them may be asked for anything that exists.
private enum ProtectedScope {
    static func make(_ site: ScanSite) -> ScanScope {
        let inside = ScanScope(inside: site.scope)
        guard var place = site.place else { return inside }
        place.isProtected = true
        for name in site.scope.runNames { inside.declare(name, .run(place)) }
        return inside
    }
}
