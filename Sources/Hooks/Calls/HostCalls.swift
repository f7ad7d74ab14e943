import Lifecycle
import Synchronization

extension HookHost {
    /// What a function of the run asks for.
    func answerInCall(_ name: String, _ arguments: [LuaValue]) throws -> LuaValue {
        func argument(_ index: Int) -> LuaValue { index < arguments.count ? arguments[index] : .none }
        guard let call else { throw LuaError("run is there only while a hook is called") }
        // One that was left behind and comes back all the same does nothing any more.
        guard state?.isAbandoned != true else { throw LuaError("the hook was left behind") }
        try checkPlace(name, call)
        switch name {
        case "field": return try field(argument(0).text ?? "", call)
        case "check_verdict": return try checkVerdict(argument(0).text ?? "", call)
        case "var": return services.variables[argument(0).text ?? ""]
        case "set_var":
            guard let key = argument(0).text else { throw LuaError("run.vars takes names") }
            try services.variables.set(key, argument(1))
        case "warn": warn(argument(0).text ?? JSONValues.short(argument(0)), call)
        case "progress": return try progress(argument(0), call)
        case "undo": return try undo(argument(0), argument(1), call)
        case "intend": try intend(argument(0), call)
        case "secret": _ = try services.secret(argument(0).text ?? "")
        case "sql":
            guard isForLock(call) else {
                if !call.isRelease { try checkReadsOnly(argument(0).text ?? "") }
                return try query(arguments, services.query)
            }
            if call.target == "lock", !call.isRelease { hasUsedLockSession.store(true, ordering: .releasing) }
            return try query(arguments, services.lockSession.query)
        case "admin":
            if call.run.isDryRun { throw leaveOut("would send \(argument(0).text ?? "")", call.run) }
            try checkIsBeforeLock(call)
            hasUsedAdminSession.store(true, ordering: .releasing)
            return try query(arguments, services.administer)
        case "http": return try request(argument(0), call)
        case "exec": return try execute(argument(0), call)
        case "exec_start": return try start(argument(0), call)
        case "exec_line":
            let command = try command(argument(0))
            return blocking(command.interrupt) { command.line() }.map(LuaValue.string) ?? .none
        case "exec_end": return try command(argument(0)).conclude()
        case "spawn": return try spawn(argument(0), call)
        case "spawn_line": return try line(of: argument(0), call)
        case "spawn_ready": try process(argument(0)).lines.close()
        default:
            if name.hasPrefix("fs_") { return try file(String(name.dropFirst(3)), arguments, call) }
            throw LuaError("run:\(name) is not there")
        }
        return .none
    }

    /// Whether the statements are those of the lock itself, or of its release.
    private func isForLock(_ call: HookCall) -> Bool {
        call.verb == .replace && (call.target == "lock" || call.target == "flush")
    }

    /// What only reads, and takes no lock that outlives it.
    private static let readingWords: Set<String> = [
        "select", "show", "explain", "describe", "desc", "with", "values", "table", "help", "checksum",
    ]

    /// `SET SESSION TRANSACTION READ ONLY` stops neither FLUSH nor LOCK.
    private func checkReadsOnly(_ statement: String) throws {
        let word = statement.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
        guard !Self.readingWords.contains(word) else { return }
        throw LuaError("run:sql only reads here, and \(word.uppercased()) may do more: run:admin sends it")
    }

    private func checkIsBeforeLock(_ call: HookCall) throws {
        guard !call.isRelease, let step = StepName(rawValue: call.target) else { return }
        guard step > .lock || (step == .lock && call.verb == .after) else { return }
        throw LuaError("run:admin is for what comes before the lock; run:undo does what has to be done later")
    }

    /// Whether the function is for this verb and this moment.
    private func checkPlace(_ name: String, _ call: HookCall) throws {
        let plain = name.hasPrefix("exec_") ? "exec" : name
        guard let function = API.runFunctions.first(where: { $0.name == plain }) else { return }
        guard call.isRelease || function.verbs.contains(call.verb) else {
            throw LuaError("run:\(plain) is not for \(call.verb.rawValue)")
        }
        if function.isRefusedUnderLock, call.run.isLockHeld {
            throw LuaError("run:\(plain) is refused while the lock is held")
        }
    }

    private func checkVerdict(_ name: String, _ call: HookCall) throws -> LuaValue {
        guard let verdict = API.verdicts.first(where: { $0.name == name }), verdict.verbs.contains(call.verb) else {
            let allowed = API.verdicts.filter { $0.verbs.contains(call.verb) }.map { "run:\($0.name)" }
            let hint = allowed.isEmpty ? "it takes no verdict" : "it takes \(allowed.joined(separator: ", "))"
            throw LuaError("run:\(name) is not for \(call.verb.rawValue); \(hint)")
        }
        if verdict.isRefusedUnderLock, call.run.isLockHeld {
            throw LuaError("run:\(name) is refused while the lock is held")
        }
        if name == "skip", StepName(rawValue: call.target)?.rule.allowsSkip == false {
            let steps = StepName.allCases.filter(\.rule.allowsSkip).map(\.rawValue).joined(separator: ", ")
            throw LuaError("the step \"\(call.target)\" can't be skipped; these can: \(steps)")
        }
        return .none
    }

    private func warn(_ text: String, _ call: HookCall) {
        if case .warning = call.event?.fact { return }
        call.run.warn(text)
    }

    private func progress(_ value: LuaValue, _ call: HookCall) throws -> LuaValue {
        guard let fraction = value.number, fraction >= 0, fraction <= 1, let step = StepName(rawValue: call.target)
        else { throw LuaError("run:progress takes a number from 0 to 1") }
        call.run.progress(Progress(step: step, bytes: Int64(fraction * 1000), totalBytes: 1000, files: 0))
        return .none
    }

    private func undo(_ name: LuaValue, _ release: LuaValue, _ call: HookCall) throws -> LuaValue {
        guard let name = name.text, !name.isEmpty else { throw LuaError("run:undo needs a name first") }
        let made = try makeRelease(release, name: name, call)
        if call.run.isDryRun {
            let way = made.undo?.asCommand ?? "a function of \(file.fileName)"
            call.run.note("would undo at the end: \(name): \(way)", level: .notice)
        } else {
            call.run.undo(made)
            own(release)
        }
        return .none
    }

    private func intend(_ release: LuaValue, _ call: HookCall) throws {
        guard let undo = Release.Undo(release) else { throw LuaError("run:intend needs exec or sql: data") }
        if call.run.isDryRun {
            call.run.note("would record as to be undone: \(undo.asCommand)", level: .notice)
        } else {
            try call.run.intendUntilReturn(undo)
        }
    }

    private func query(_ arguments: [LuaValue], _ ask: @escaping HookServices.Query) throws -> LuaValue {
        guard let text = arguments.first?.text else { throw LuaError("a query has to be a string") }
        var secrets = UsedSecrets()
        let statement = try SQLText.fill(text, Array(arguments.dropFirst())) { name in
            try secrets.use(name, services.secret)
        }
        do {
            return .list(try wait { try await ask(statement) }.map { .table($0) })
        } catch {
            throw secrets.hidden(in: error)
        }
    }
}

extension Release.Undo {
    /// - Returns: nil for a release without a data form.
    init?(_ value: LuaValue) {
        if let words = value["exec"].list?.compactMap(\.text), !words.isEmpty {
            self = .exec(words)
        } else if let statement = value["sql"].text {
            self = .sql(statement)
        } else {
            return nil
        }
    }
}
