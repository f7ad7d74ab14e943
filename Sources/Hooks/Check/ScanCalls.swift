import Lifecycle

/// Calls: whether they are allowed where they stand, and what they are given.
extension HookScan {
    func call(
        _ function: LuaExpression,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ scope: ScanScope,
        _ place: ScanPlace?
    ) -> ScanValue {
        if case .index(.name("backup", _), .constant(.string(let name)), _) = function, scope["backup"] == nil {
            return backup(name, arguments, line, scope, place)
        }
        if case .name(let name, _) = function, ["pcall", "xpcall"].contains(name), scope[name] == nil {
            protected(arguments, scope, place)
            return .unknown
        }
        let callee = value(of: function, scope, place)
        if case .method(let name) = callee { note("call it with a colon: run:\(name)(…)", line) }
        if case .index(let object, .constant(.string("stat")), _) = function,
            case .files = value(of: object, scope, place)
        {
            for argument in arguments { _ = value(of: argument, scope, place) }
            return .record(APIRecord.stat.fields, what: "the result of run.fs.stat")
        }
        let values = arguments.map { value(of: $0, scope, place) }
        // A function of the file that is handed the run: it is read for this place, too.
        if case .function(let body, let home) = callee { read(body, home, values, place) }
        return .unknown
    }

    /// Code under `pcall` may try.
    private func protected(_ arguments: [LuaExpression], _ scope: ScanScope, _ place: ScanPlace?) {
        for argument in arguments {
            if case .function(let function) = argument {
                read(function, ProtectedScope.make(scope, place), [], place)
            } else if case .index(let object, _, _) = argument {
                // The function's own name: pcall(run.exec, run, …).
                _ = value(of: object, scope, place)
            } else {
                _ = value(of: argument, scope, place)
            }
        }
    }

    // MARK: Registrations

    private func backup(
        _ name: String,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ scope: ScanScope,
        _ place: ScanPlace?
    ) -> ScanValue {
        let members = ScanGlobals.libraries["backup"] ?? []
        guard let verb = Verb(rawValue: name) else {
            if !members.contains(name) { note("unknown backup \"\(name)\"\(near(name, members))", line) }
            for argument in arguments { _ = value(of: argument, scope, place) }
            return .unknown
        }
        guard place == nil else {
            note("backup.\(name) is for the file's own level, not for a function", line)
            return .unknown
        }
        guard case .constant(.string(let target)) = arguments.first ?? .vararg else { return .unknown }
        if case .table(let options) = arguments.count > 2 ? arguments[1] : .vararg {
            check(options, API.options, "options", line)
        }
        if let last = arguments.last, arguments.count > 1, API.targets(verb).contains(target) {
            var hook = ScanPlace(verb: verb, target: target)
            hook.limit = limit(arguments.count > 2 ? arguments[1] : nil, verb, target)
            switch last {
            case .function(let function): read(hook: function, scope, hook)
            case .name(let name, _):
                if case .function(let function, let home) = scope[name] { read(hook: function, home, hook) }
            default: break
            }
        }
        return .unknown
    }

    /// The time-out that a registration has, as far as it is written out.
    private func limit(_ options: LuaExpression?, _ verb: Verb, _ target: String) -> Duration? {
        let usual = API.usualTimeout(verb, target)
        guard let options else { return usual }
        guard case .table(let table) = options, !table.items.contains(where: \.hasComputedKey) else { return nil }
        guard let timeout = table["timeout"] else { return usual }
        return timeout.seconds.map { .seconds($0) }
    }

    // MARK: Methods of run

    func method(
        _ object: LuaExpression,
        _ name: String,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ scope: ScanScope,
        _ place: ScanPlace?
    ) -> ScanValue {
        let values = { (arguments: [LuaExpression]) in for one in arguments { self.value(of: one, scope, place) } }
        switch value(of: object, scope, place) {
        case .run(let here):
            if let verdict = VerdictName(rawValue: name) {
                values(arguments)
                return self.verdict(verdict, arguments, line, here)
            }
            if let function = RunFunction(rawValue: name) {
                checkPlace(function, line, here)
                given(function, arguments, line, here, scope)
                return answer(function)
            }
            if RunField(rawValue: name) != nil {
                note("run.\(name) is a field, not a function", line)
            } else {
                let names = RunFunction.allCases.map(\.rawValue) + VerdictName.allCases.map(\.rawValue)
                note("unknown field of run \"\(name)\"\(near(name, names))", line)
            }
        case .files:
            let names = FileFunction.allCases.map(\.rawValue)
            if !names.contains(name) { note("unknown run.fs \"\(name)\"\(near(name, names))", line) }
            values(arguments)
            if name == "stat" { return .record(APIRecord.stat.fields, what: "the result of run.fs.stat") }
        default: values(arguments)
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
        if name != .unchanged, arguments.isEmpty { note("run:\(row.name) needs a reason", line) }
        if name == .retry, arguments.count > 1, case .table(let table) = arguments[1] {
            check(table, API.retryFields, "options", line)
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

    private func answer(_ function: RunFunction) -> ScanValue {
        if function == .spawn { return .record(API.processFields, what: "process") }
        return function.row.record.map { .record($0.fields, what: "the result of run:\(function.rawValue)") }
            ?? .unknown
    }

    private func given(
        _ function: RunFunction,
        _ arguments: [LuaExpression],
        _ line: Int,
        _ place: ScanPlace,
        _ scope: ScanScope
    ) {
        let first = arguments.first ?? .constant(.none)
        switch function {
        case .exec, .spawn, .pipe:
            program(function, first, line)
            time(function, first, line, place)
        case .http:
            time(function, first, line, place)
            if case .table(let table) = first { check(table, API.httpFields, "request", line) }
            if case .constant = first { note("run:http needs a table", line) }
            if case .table(let table) = first, table["body"] != nil, table["json"] != nil {
                note("run:http takes either body or json, not both", line)
            }
        case .undo, .intend:
            if function == .undo, arguments.count < 2 { note("run:undo needs a name and a release", line) }
            if let release = arguments.last { self.release(release, "release", line, scope, place) }
        case .sql: statement(arguments, line, place)
        case .progress:
            if case .constant(.number(let number)) = first, number < 0 || number > 1 {
                note("run:progress takes a number from 0 to 1", line)
            }
        case .admin, .secret, .warn:
            if arguments.isEmpty { note("run:\(function.rawValue) needs an argument", line) }
        }
        if function == .undo || function == .intend { return }
        for argument in arguments { _ = value(of: argument, scope, place) }
    }

    private static let words = "a list of words, such as { \"ls\", \"/\" }"

    private func program(_ function: RunFunction, _ command: LuaExpression, _ line: Int) {
        guard case .table(let table) = command else {
            if case .constant(let constant) = command {
                note("run:\(function.rawValue) needs \(Self.words), not \(constant.shown)", line)
            }
            return
        }
        let fields = function.row.argument ?? []
        check(table, fields, function == .pipe ? "pipeline" : "command", line, takesItems: true)
        guard function == .pipe else { return shellWords(table, "run:\(function.rawValue)") }
        for stage in table.list {
            if case .table(let words) = stage {
                check(words, API.stageFields, "the stage", words.line, takesItems: true)
                shellWords(words, "a stage of run:pipe")
            }
            if case .constant(let constant) = stage {
                note("a stage of run:pipe needs \(Self.words), not \(constant.shown)", line)
            }
        }
    }

    /// A release as a table that is written out: its functions get a run of their own.
    func release(
        _ release: LuaExpression,
        _ what: String,
        _ line: Int,
        _ scope: ScanScope,
        _ place: ScanPlace
    ) {
        var later = place
        later.isRelease = true
        switch release {
        case .table(let table):
            check(table, API.releaseFields, what, line)
            for item in table.items {
                if case .function(let function) = item.value {
                    read(function, scope, [.run(later)], later)
                } else {
                    _ = value(of: item.value, scope, place)
                }
            }
            if table["exec"] == nil, table["sql"] == nil, table["call"] == nil,
                !table.items.contains(where: \.hasComputedKey)
            {
                note("\(what) needs exec, sql or call: it does nothing", line)
            }
        case .function(let function): read(function, scope, [.run(later)], later)
        default: _ = value(of: release, scope, place)
        }
    }

    private func statement(_ arguments: [LuaExpression], _ line: Int, _ place: ScanPlace) {
        guard case .constant(.string(let text)) = arguments.first ?? .vararg, !text.contains("'"), !text.contains("\"")
        else { return }
        let isOwn = place.isAnywhere || SQLSession(place.verb, place.step) == .lock
        let word = text.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
        if !isOwn, !place.isRelease, ReadOnlyStatement.refusedWord(of: word) != nil {
            note("run:sql only reads here, and \(word.uppercased()) may do more", line)
        }
        let marks = text.count { $0 == "?" }
        let given = arguments.dropFirst()
        let isOpen = given.contains { expression in
            switch expression {
            case .vararg, .call, .method: true
            default: false
            }
        }
        if !isOpen, marks != given.count { note("the query has \(marks) ? and \(given.count) values", line) }
    }
}

/// The names under `pcall`: the run in them may be asked for anything that exists.
private enum ProtectedScope {
    static func make(_ scope: ScanScope, _ place: ScanPlace?) -> ScanScope {
        let inside = ScanScope(inside: scope)
        guard var place else { return inside }
        place.isProtected = true
        for name in scope.runNames { inside.declare(name, .run(place)) }
        return inside
    }
}
