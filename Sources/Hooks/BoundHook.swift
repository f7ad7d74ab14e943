import Lifecycle

/// A hook on its way into the table: it converts the function's result for the engine.
struct BoundHook: Sendable {
    private typealias Decision = RetentionPlan.Decision

    let registration: Registration
    let state: HookState
    /// Receives a replacement's answer as the hook gave it.
    var hear: @Sendable (LuaValue) -> Void = { _ in }

    func bind(to table: inout HookTable) {
        switch registration.verb {
        case .before: bindBefore(&table)
        case .replace: bindReplace(&table)
        case .after: bindAfter(&table)
        case .filter: bindFilter(&table)
        case .on: bindOn(&table)
        }
    }

    // MARK: The verbs

    private func bindBefore(_ table: inout HookTable) {
        guard let step = registration.step else { return }
        table.before(step, name: registration.name, place: registration.place, limit: .own) { run in
            do {
                return try await endingProcesses { try Verdict(try await call(run)) }
            } catch let failure as Failure where !registration.failsRun && failure.kind != .cancelled {
                run.warn("hook \"\(registration.name)\": \(failure.message)")
                return .proceed
            }
        }
    }

    private func bindReplace(_ table: inout HookTable) {
        switch registration.step {
        case .connect: replace(.connect, &table) { try .init(connection: $0, $1) }
        case .locate: replace(.locate, &table) { try .init(location: $0, $1) }
        case .flush: replace(.flush, &table) { _, _ in }
        case .lock: replace(.lock, &table) { try .init(lock: $0, $1) }
        case .snapshot: replace(.snapshot, &table) { try .init(snapshot: $0, $1) }
        case .mount: replace(.mount, &table) { try .init(mount: $0, $1) }
        case .recover: replace(.recover, &table) { try Recovery(recovery: $0, $1) }
        case .verify: replace(.verify, &table) { value, _ in Verification(level: value["level"].text ?? "") }
        case .archive: replace(.archive, &table) { try .init(archive: $0, $1) }
        case .preflight, .prepare, .publish, .retain, .restore, nil: break
        }
    }

    private func replace<Output: Sendable>(
        _ step: ReplaceableStep<Output>,
        _ table: inout HookTable,
        _ read: @escaping @Sendable (LuaValue, ResultContext) throws -> Output
    ) {
        table.replace(step, name: registration.name, place: registration.place) { run in
            if step.name == .lock || step.name == .flush { await state.services.lockSession.renew() }
            guard step.name == .lock else { return try await provide(run, read) }
            // Any statement of it may keep writers waiting. If the result is no lock, no lock may stay held.
            let (session, processes) = (state.services.lockSession, state.processes)
            run.lockWaitBegins {
                await session.cut()
                await processes.endUnowned()
            }
            do {
                let answer = try await provide(run, read)
                if case .declined = answer { await session.cut() }
                run.lockWaitEnds()
                // Too late to be taken over; what it locked is released with the rest.
                if run.isLockOverdue, case .result(let lock as Lock) = answer { lock.release.map(run.undo) }
                return answer
            } catch {
                await session.cut()
                run.lockWaitEnds()
                throw error
            }
        }
    }

    private func provide<Output: Sendable>(
        _ run: Run,
        _ read: @Sendable (LuaValue, ResultContext) throws -> Output
    ) async throws -> Provision<Output> {
        try await endingProcesses {
            let answer = try await call(run)
            hear(answer)
            switch answer["verdict"].text {
            case "decline": return .declined(answer["reason"].text ?? "")
            case "proceed": return .declined("it ended with an effect that a dry run leaves out")
            default: break
            }
            let context = ResultContext(state: state, call: hookCall(run), name: registration.name)
            let result = try placed { try read(answer["result"], context) }
            state.processes.own(answer["result"]["release"])
            return .result(result)
        }
    }

    /// Ends the programs that the hook started and did not make a release.
    private func endingProcesses<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            let value = try await work()
            await state.processes.endUnowned()
            return value
        } catch {
            await state.processes.endUnowned()
            throw error
        }
    }

    private func bindAfter(_ table: inout HookTable) {
        guard let step = registration.step else { return }
        let (name, place) = (registration.name, registration.place)
        table.after(any: step, name: name, place: place, failsRun: registration.failsRun) { run in
            try await endingProcesses {
                _ = try await call(run, try RunFields(of: run, state.services).result(of: step))
            }
        }
    }

    private func bindFilter(_ table: inout HookTable) {
        switch FilterName(rawValue: registration.target) {
        case .snapshotSize: change(.snapshotSize, &table, { .text($0) }, { $0.text ?? "" })
        case .archiveName: change(.archiveName, &table, { .text($0) }, { $0.text ?? "" })
        case .archiveExclude:
            change(.archiveExclude, &table, { .list($0.map(LuaValue.text)) }, { ($0.list ?? []).compactMap(\.text) })
        case .retentionPlan:
            change(
                .retentionPlan,
                &table,
                { try LuaValue(encoding: $0.decisions) },
                // An empty table is an empty list, too.
                { RetentionPlan(decisions: try ($0.list ?? []).map { try $0.decoded(as: Decision.self) }) }
            )
        case nil: break
        }
    }

    private func change<Value: Sendable>(
        _ filter: Filter<Value>,
        _ table: inout HookTable,
        _ write: @escaping @Sendable (Value) throws -> LuaValue,
        _ read: @escaping @Sendable (LuaValue) throws -> Value
    ) {
        table.filter(filter, name: registration.name, place: registration.place, limit: .own) { run, value in
            do {
                let answer = try await call(run, try write(value))["value"]
                if answer.isNone { return value }
                return try placed {
                    try FieldCheck.check(answer, API.field(filter.name), "the returned value")
                    return try read(answer)
                }
            } catch let failure as Failure where !registration.failsRun && failure.kind != .cancelled {
                run.warn("hook \"\(registration.name)\": \(failure.message)")
                return value
            }
        }
    }

    private func bindOn(_ table: inout HookTable) {
        guard let kind = Fact.Kind(rawValue: registration.target) else { return }
        table.on(kind, name: registration.name, place: registration.place) { run, event in
            guard !state.isAbandoned else { return loseHearing(run) }
            do {
                _ = try await call(run, try LuaValue(encoding: event), event: event)
            } catch {
                // The caller that stopped it reports the reason.
                guard Failure(error).kind != .cancelled else { throw error }
                run.noteFailedHook(registration.name)
                // A warning about a subscriber to messages or warnings would reach the same subscriber again: once is
                // enough.
                let echoes = kind == .message || kind == .warning
                if !echoes || state.complaints.mayEcho() {
                    run.warn("hook \"\(registration.name)\": \(Failure(error).message)")
                }
                throw error
            }
        }
    }

    private func loseHearing(_ run: Run) {
        run.noteFailedHook(registration.name)
        guard state.complaints.mayTellLoss() else { return }
        run.warn("the hooks of \(registration.file) receive no more events: the file was left behind")
    }

    /// Reads what the hook returned; a mistake in it stands where the hook does.
    private func placed<Value>(_ read: () throws -> Value) throws -> Value {
        do { return try read() } catch let error as LuaError {
            throw failure(error, limit: nil)
        }
    }

    private func failure(_ error: LuaError, limit: TimeLimit?) -> Failure {
        var error = error
        // Swift has no place of a value that the hook returned.
        if error.file == nil { (error.file, error.line) = (registration.file, registration.line) }
        return Failure(HookFailure(error, state.file, limit?.time, option: limit?.option), provider: registration.name)
    }

    // MARK: Calling

    private func endingSessions(_ work: () async throws -> LuaValue) async throws -> LuaValue {
        do {
            let value = try await work()
            try await state.sessions.endAfterReturn()
            return value
        } catch {
            await state.sessions.endAfterFailure()
            throw error
        }
    }

    private func hookCall(_ run: Run, _ event: Event? = nil) -> HookCall {
        HookCall(verb: registration.verb, target: registration.target, run: run, event: event)
    }

    /// - Throws: `Failure` with the hook's name, its place and its message.
    private func call(_ run: Run, _ value: LuaValue = .none, event: Event? = nil) async throws -> LuaValue {
        // The lock may be gone by the time of a failure.
        let limit = TimeLimit(registration, lockBudget: run.isLockHeld ? run.lockBudget : nil)
        let arguments: [LuaValue] = [
            .text("call"), .integer(registration.id), .text(registration.name), value,
        ]
        do {
            return try await endingSessions {
                try await state.call(arguments, limit: limit.time, within: hookCall(run, event))
            }
        } catch is DryRunEnd {
            return .table(["verdict": .text("proceed")])
        } catch let error as LuaError {
            throw failure(error, limit: limit)
        } catch let error as HookLate {
            if error != .before { run.noteAbandoned(registration.name) }
            throw Failure(.failed, "\(registration.place): \(error)", provider: registration.name)
        }
    }
}

/// How long a call may take, and the option that says so.
private struct TimeLimit {
    /// Nil: no limit, but some sign of life.
    let time: Duration?
    let option: String

    /// - Parameter lockBudget: what is left of the lock's time; nil where the lock is not held.
    init(_ registration: Registration, lockBudget: Duration?) {
        let own = registration.timeout
        guard let lockBudget, lockBudget < own ?? .seconds(30) else {
            time = lockBudget == nil ? own : own ?? .seconds(30)
            option = "the hook's option timeout"
            return
        }
        time = lockBudget
        option = "the rest of the lock's time, --max-lock"
    }
}
