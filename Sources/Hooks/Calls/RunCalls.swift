import Lifecycle

/// The functions of `run`.
extension RunningCall {
    func perform(_ name: String, _ arguments: Arguments) throws -> LuaValue {
        if let function = RunFunction(rawValue: name) {
            try checkPlace(function)
            return try answer(function, arguments)
        }
        if name.hasPrefix("fs_"), let function = FileFunction(rawValue: String(name.dropFirst(3))) {
            return try answer(function, arguments)
        }
        guard let part = RunPart(rawValue: name) else { throw LuaError("run:\(name) is not there") }
        return try answer(part, arguments)
    }

    private func answer(_ function: RunFunction, _ arguments: Arguments) throws -> LuaValue {
        switch function {
        case .sql: return try sql(arguments)
        case .admin: return try admin(arguments)
        case .exec: return try execute(arguments[0])
        case .pipe: return try pipe(arguments[0])
        case .spawn: return try spawn(arguments[0])
        case .http: return try request(arguments[0])
        case .secret: try secrets.use(arguments[0].text ?? "")
        case .progress: try progress(arguments[0])
        case .warn: warn(arguments[0].text ?? JSONValues.short(arguments[0]))
        case .undo: try undo(arguments[0], arguments[1])
        case .intend: try intend(arguments[0])
        }
        return .none
    }

    /// The prelude's other calls: the halves of a function, and the fields of the run object.
    private enum RunPart: String {
        case field, `var`
        case setVar = "set_var"
        case checkVerdict = "check_verdict"
        case execStart = "exec_start"
        case execLine = "exec_line"
        case execEnd = "exec_end"
        case spawnLine = "spawn_line"
        case spawnReady = "spawn_ready"
    }

    private func answer(_ part: RunPart, _ arguments: Arguments) throws -> LuaValue {
        switch part {
        case .field: return try RunFields(of: run, services).field(arguments[0].text ?? "", hook)
        case .var: return services.variables.value(at: arguments[0].list ?? [])
        case .setVar: try services.variables.set(arguments[0].list ?? [], arguments[1])
        case .checkVerdict: try checkVerdict(arguments[0].text ?? "")
        case .execStart:
            try checkPlace(.exec)
            return try start(arguments[0])
        case .execLine:
            let command = try command(arguments[0])
            return turn.blocking(command.interrupt) { command.line() }.map(LuaValue.string) ?? .none
        case .execEnd: return try command(arguments[0]).conclude()
        case .spawnLine: return try line(of: arguments[0])
        case .spawnReady: try state.processes.process(arguments[0]).lines.close()
        }
        return .none
    }

    /// Whether the function is for this verb and this moment.
    private func checkPlace(_ function: RunFunction) throws {
        let row = function.row
        guard hook.isRelease || row.verbs.contains(hook.verb) else {
            let verbs = Verb.allCases.filter(row.verbs.contains).map(\.rawValue).joined(separator: ", ")
            throw LuaError("run:\(row.name) is not for \(hook.verb.rawValue); it is for \(verbs)")
        }
        if row.isRefusedUnderLock, run.isLockHeld {
            throw LuaError("run:\(row.name) is refused while the lock is held: do it before the lock, or from mount on")
        }
    }

    private func checkVerdict(_ name: String) throws {
        guard let verdict = API.verdicts.first(where: { $0.name == name }), verdict.verbs.contains(hook.verb) else {
            let allowed = API.verdicts.filter { $0.verbs.contains(hook.verb) }.map { "run:\($0.name)" }
            let hint = allowed.isEmpty ? "it takes no verdict" : "it takes \(allowed.joined(separator: ", "))"
            throw LuaError("run:\(name) is not for \(hook.verb.rawValue); \(hint)")
        }
        if verdict.isRefusedUnderLock, run.isLockHeld {
            throw LuaError("run:\(name) is refused while the lock is held")
        }
        if name == "skip", StepName(rawValue: hook.target)?.rule.allowsSkip == false {
            let steps = StepName.allCases.filter(\.rule.allowsSkip).map(\.rawValue).joined(separator: ", ")
            throw LuaError("the step \"\(hook.target)\" cannot be skipped; these can: \(steps)")
        }
    }

    private func warn(_ text: String) {
        if case .warning = hook.event?.fact { return }
        run.warn(secrets.hidden(in: text))
    }

    private func progress(_ value: LuaValue) throws {
        guard let fraction = value.number, fraction >= 0, fraction <= 1 else {
            throw LuaError("run:progress takes a number from 0 to 1, not \(JSONValues.short(value))")
        }
        guard let step = run.step else { throw LuaError("run:progress is for a step, and no step is running") }
        run.progress(Progress(step: step, fraction: fraction))
    }

    private func undo(_ name: LuaValue, _ release: LuaValue) throws {
        guard let name = name.text, !name.isEmpty else { throw LuaError("run:undo needs a name first") }
        let made = try state.release(release, name: name, hook)
        if run.isDryRun {
            let way = made.undo.map(run.command) ?? "a function of \(state.file.fileName)"
            run.note(secrets.hidden(in: "would undo at the end: \(name): \(way)"), level: .notice)
        } else {
            run.undo(made)
            state.processes.own(release)
            try services.noteUndo(made)
        }
    }

    private func intend(_ release: LuaValue) throws {
        guard let undo = Release.Undo(release) else { throw LuaError("run:intend needs exec or sql: data") }
        if run.isDryRun {
            run.note("would record as to be undone: \(run.command(undo))", level: .notice)
        } else {
            try run.intendUntilReturn(undo)
        }
    }
}
