import Lifecycle

/// `run:sql` and `run:admin`.
extension RunningCall {
    func sql(_ arguments: Arguments) throws -> LuaValue {
        switch SQLSession(hook.verb, StepName(rawValue: hook.target)) {
        case .copy where !hook.isRelease:
            if let end = try endWithoutServer() { throw end }
            let (run, ask) = (run, services.queryCopy)
            try checkReadsOnly(arguments[0].text ?? "")
            state.sessions.useCopy()
            return try query(arguments) { try await ask(run, $0) }
        case .monitor, .copy:
            if !hook.isRelease { try checkReadsOnly(arguments[0].text ?? "") }
            return try query(arguments, services.query)
        case .lock:
            if hook.target == "lock", !hook.isRelease { state.sessions.useLock() }
            return try query(arguments, services.lockSession.query)
        }
    }

    func admin(_ arguments: Arguments) throws -> LuaValue {
        let statement = arguments[0].text ?? ""
        if run.isDryRun { throw leaveOut("would send \(statement)") }
        try checkIsBeforeLock()
        state.sessions.useAdmin()
        let rows = try query(arguments, services.administer)
        state.sessions.note(statement)
        return rows
    }

    /// The end of a hook that asks a verified set below the level at which a server runs on it; nil where one does.
    ///
    /// - Throws: ``LuaError`` before the set is restored.
    private func endWithoutServer() throws -> DryRunEnd? {
        guard run.kind == .verify || run.isMountReleased, run.inspect == nil else { return nil }
        guard hook.verb == .after else {
            throw LuaError("run:sql asks a private server on the set, which is there after the step verify")
        }
        let level = run.verification?.level ?? ""
        return leaveOut(
            "left the queries of \(state.file.name) out: at the level \"\(level)\" no server runs on the set"
        )
    }

    /// `SET SESSION TRANSACTION READ ONLY` stops neither FLUSH nor LOCK.
    private func checkReadsOnly(_ statement: String) throws {
        guard let word = ReadOnlyStatement.refusedWord(of: statement) else { return }
        let isEarly = !run.isLockHeld && (StepName(rawValue: hook.target).map { $0 <= .lock } ?? false)
        let advice =
            isEarly && hook.verb == .before
            ? "run:admin sends it"
            : "run:admin sends it before the lock, run:undo acts later, and replace(\"lock\") has the lock's own session"
        throw LuaError(
            "run:sql only reads here, and \(word.isEmpty ? "this" : word.uppercased()) may do more: \(advice)"
        )
    }

    private func checkIsBeforeLock() throws {
        guard !hook.isRelease, let step = StepName(rawValue: hook.target) else { return }
        guard step > .lock || (step == .lock && hook.verb == .after) else { return }
        throw LuaError("run:admin is for statements before the lock; run:undo acts later")
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
