import Lifecycle
import Synchronization

extension HookHost {
    /// Performs a function of the run.
    func answerInCall(_ name: String, _ arguments: Arguments) throws -> LuaValue {
        guard let call else { throw LuaError("run is there only while a hook is called") }
        // A hook that was left behind and returns all the same does nothing any more.
        guard state?.isAbandoned != true else { throw LuaError("the hook was left behind") }
        if let function = RunFunction(rawValue: name) {
            try checkPlace(function, call)
            return try answer(function, arguments, call)
        }
        if name.hasPrefix("fs_"), let function = FileFunction(rawValue: String(name.dropFirst(3))) {
            return try answer(function, arguments, call)
        }
        guard let part = RunPart(rawValue: name) else { throw LuaError("run:\(name) is not there") }
        return try answer(part, arguments, call)
    }

    private func answer(_ function: RunFunction, _ arguments: Arguments, _ call: HookCall) throws -> LuaValue {
        switch function {
        case .sql: return try sql(arguments, call)
        case .admin:
            if call.run.isDryRun { throw leaveOut("would send \(arguments[0].text ?? "")", call.run) }
            try checkIsBeforeLock(call)
            hasUsedAdminSession.store(true, ordering: .releasing)
            let rows = try query(arguments, services.administer)
            adminHold.withLock { $0.note(arguments[0].text ?? "") }
            return rows
        case .exec: return try execute(arguments[0], call)
        case .pipe: return try pipe(arguments[0], call)
        case .spawn: return try spawn(arguments[0], call)
        case .http: return try request(arguments[0], call)
        case .secret: try secrets.use(arguments[0].text ?? "")
        case .progress: try progress(arguments[0], call)
        case .warn: warn(arguments[0].text ?? JSONValues.short(arguments[0]), call)
        case .undo: try undo(arguments[0], arguments[1], call)
        case .intend: try intend(arguments[0], call)
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

    private func answer(_ part: RunPart, _ arguments: Arguments, _ call: HookCall) throws -> LuaValue {
        switch part {
        case .field: return try field(arguments[0].text ?? "", call)
        case .var: return services.variables.value(at: arguments[0].list ?? [])
        case .setVar: try services.variables.set(arguments[0].list ?? [], arguments[1])
        case .checkVerdict: try checkVerdict(arguments[0].text ?? "", call)
        case .execStart:
            try checkPlace(.exec, call)
            return try start(arguments[0], call)
        case .execLine:
            let command = try command(arguments[0])
            return blocking(command.interrupt) { command.line() }.map(LuaValue.string) ?? .none
        case .execEnd: return try command(arguments[0]).conclude()
        case .spawnLine: return try line(of: arguments[0], call)
        case .spawnReady: try process(arguments[0]).lines.close()
        }
        return .none
    }

    private func sql(_ arguments: Arguments, _ call: HookCall) throws -> LuaValue {
        switch SQLSession(call.verb, StepName(rawValue: call.target)) {
        case .copy where !call.isRelease:
            if let end = try endWithoutServer(call) { throw end }
            let (run, ask) = (call.run, services.queryCopy)
            try checkReadsOnly(arguments[0].text ?? "", call)
            hasUsedCopy.store(true, ordering: .releasing)
            return try query(arguments) { try await ask(run, $0) }
        case .monitor, .copy:
            if !call.isRelease { try checkReadsOnly(arguments[0].text ?? "", call) }
            return try query(arguments, services.query)
        case .lock:
            if call.target == "lock", !call.isRelease { hasUsedLockSession.store(true, ordering: .releasing) }
            return try query(arguments, services.lockSession.query)
        }
    }

    /// The end of a hook that asks a verified set below the level at which a server runs on it; nil where one does.
    ///
    /// - Throws: ``LuaError`` before the set is restored.
    private func endWithoutServer(_ call: HookCall) throws -> DryRunEnd? {
        guard call.run.kind == .verify || call.run.isMountReleased, call.run.inspect == nil else { return nil }
        guard call.verb == .after else {
            throw LuaError("run:sql asks a private server on the set, which is there after the step verify")
        }
        let level = call.run.verification?.level ?? ""
        return leaveOut(
            "left the queries of \(file.name) out: at the level \"\(level)\" no server runs on the set",
            call.run
        )
    }

    /// `SET SESSION TRANSACTION READ ONLY` stops neither FLUSH nor LOCK.
    private func checkReadsOnly(_ statement: String, _ call: HookCall) throws {
        guard let word = ReadOnlyStatement.refusedWord(of: statement) else { return }
        let isEarly = !call.run.isLockHeld && (StepName(rawValue: call.target).map { $0 <= .lock } ?? false)
        let advice =
            isEarly && call.verb == .before
            ? "run:admin sends it"
            : "run:admin sends it before the lock, run:undo acts later, and replace(\"lock\") has the lock's own session"
        throw LuaError(
            "run:sql only reads here, and \(word.isEmpty ? "this" : word.uppercased()) may do more: \(advice)"
        )
    }

    private func checkIsBeforeLock(_ call: HookCall) throws {
        guard !call.isRelease, let step = StepName(rawValue: call.target) else { return }
        guard step > .lock || (step == .lock && call.verb == .after) else { return }
        throw LuaError("run:admin is for statements before the lock; run:undo acts later")
    }

    /// Whether the function is for this verb and this moment.
    private func checkPlace(_ function: RunFunction, _ call: HookCall) throws {
        let row = function.row
        guard call.isRelease || row.verbs.contains(call.verb) else {
            let verbs = Verb.allCases.filter(row.verbs.contains).map(\.rawValue).joined(separator: ", ")
            throw LuaError("run:\(row.name) is not for \(call.verb.rawValue); it is for \(verbs)")
        }
        if row.isRefusedUnderLock, call.run.isLockHeld {
            throw LuaError("run:\(row.name) is refused while the lock is held: do it before the lock, or from mount on")
        }
    }

    private func checkVerdict(_ name: String, _ call: HookCall) throws {
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
            throw LuaError("the step \"\(call.target)\" cannot be skipped; these can: \(steps)")
        }
    }

    private func warn(_ text: String, _ call: HookCall) {
        if case .warning = call.event?.fact { return }
        call.run.warn(secrets.hidden(in: text))
    }

    private func progress(_ value: LuaValue, _ call: HookCall) throws {
        guard let fraction = value.number, fraction >= 0, fraction <= 1 else {
            throw LuaError("run:progress takes a number from 0 to 1, not \(JSONValues.short(value))")
        }
        guard let step = call.run.step else { throw LuaError("run:progress is for a step, and no step is running") }
        call.run.progress(Progress(step: step, fraction: fraction))
    }

    private func undo(_ name: LuaValue, _ release: LuaValue, _ call: HookCall) throws {
        guard let name = name.text, !name.isEmpty else { throw LuaError("run:undo needs a name first") }
        let made = try makeRelease(release, name: name, call)
        if call.run.isDryRun {
            let way = made.undo?.asCommand ?? "a function of \(file.fileName)"
            call.run.note(secrets.hidden(in: "would undo at the end: \(name): \(way)"), level: .notice)
        } else {
            call.run.undo(made)
            own(release)
        }
    }

    private func intend(_ release: LuaValue, _ call: HookCall) throws {
        guard let undo = Release.Undo(release) else { throw LuaError("run:intend needs exec or sql: data") }
        if call.run.isDryRun {
            call.run.note("would record as to be undone: \(undo.asCommand)", level: .notice)
        } else {
            try call.run.intendUntilReturn(undo)
        }
    }

    private func query(_ arguments: Arguments, _ ask: @escaping HookServices.Query) throws -> LuaValue {
        guard let text = arguments[0].text else {
            throw LuaError("a query has to be a string, not \(arguments[0].kind)")
        }
        let statement = try SQLText.fill(text, arguments.rest, secrets)
        let rows = try wait { try await ask(statement) }
        let columns = Set(rows.flatMap(\.keys)).union(SelectedColumns.names(in: text) ?? []).sorted()
        return .table([
            "rows": .list(rows.map { .table($0) }), "columns": .list(columns.map(LuaValue.text)),
            "is_written_out": .bool(SelectedColumns.isQuery(text)),
        ])
    }
}

/// The arguments of a call from Lua; a missing one is nil.
struct Arguments {
    private let values: [LuaValue]

    init(_ values: [LuaValue]) { self.values = values }

    subscript(_ index: Int) -> LuaValue { index < values.count ? values[index] : .none }

    /// Those after the first.
    var rest: [LuaValue] { Array(values.dropFirst()) }
    var count: Int { values.count }
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
