import Lifecycle
import Synchronization

/// Calling hooks as a run does.
extension CaseFixture {
    /// - Parameter target: a verb and a step, such as "before.flush".
    /// - Throws: the hook's error; ``LuaError`` for an unknown target.
    func call(_ target: String) async throws -> LuaValue {
        let parts = target.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, let verb = Verb(rawValue: parts[0]) else {
            throw LuaError("fake.call needs a verb and a step, such as \"before.flush\", not \"\(target)\"")
        }
        guard let step = StepName(rawValue: parts[1]), API.steps(verb).contains(step) else {
            let near = nearest(to: parts[1], among: API.targets(verb)).map { ", did you mean \"\(parts[0]).\($0)\"?" }
            let hint = verb == .filter ? "; see fake.filter" : verb == .on ? "; see fake.event" : near ?? ""
            throw LuaError("a run has no call \"\(target)\"\(hint)")
        }
        let hooks = try await loaded()
        try check(hooks, verb, parts[1])
        state.withLock { $0.target = (verb, step) }
        return try await noting {
            try await withRun(hooks, at: point(verb, step)) { runFixture in
                switch verb {
                case .before: try await ask(runFixture, step)
                case .replace: try await provide(runFixture, step)
                default: try await tell(runFixture, step)
                }
            }
        }
    }

    private func point(_ verb: Verb, _ step: StepName) -> FakePoint { verb == .after ? .after(step) : .before(step) }

    private func withRun(
        _ hooks: Hooks,
        at point: FakePoint,
        _ work: (RunFixture) async throws -> LuaValue
    ) async throws -> LuaValue {
        let runFixture = try runFixture(hooks, at: point)
        // The test has received them, and calls those that it wants to.
        defer { _ = runFixture.takeReleases() }
        return try await work(runFixture)
    }

    private func ask(_ runFixture: RunFixture, _ step: StepName) async throws -> LuaValue {
        func value(_ verdict: String, _ reason: String) -> [String: LuaValue] {
            ["verdict": .text(verdict), "reason": .text(reason)]
        }
        switch try await runFixture.ask(step) {
        case .proceed, nil: return .table(["verdict": .text("proceed")])
        case .veto(let reason): return .table(value("veto", reason))
        case .defer(let reason): return .table(value("defer", reason))
        case .skip(let reason): return .table(value("skip", reason))
        case .retry(let reason, let wait, let attempts):
            machine.clock.advance(wait.inSeconds)
            let rest: [String: LuaValue] = ["wait": .number(wait.inSeconds), "attempts": .integer(Int64(attempts))]
            return .table(value("retry", reason).merging(rest) { $1 })
        }
    }

    private func provide(_ runFixture: RunFixture, _ step: StepName) async throws -> LuaValue {
        switch try await runFixture.provide(step) {
        case .result: .table(["result": state.withLock { $0.replaced["result"] }])
        case .declined(let reason): .table(["verdict": .text("decline"), "reason": .text(reason)])
        case nil: .table([:])
        }
    }

    private func tell(_ runFixture: RunFixture, _ step: StepName) async throws -> LuaValue {
        _ = try await runFixture.tell(step)
        return .table([:])
    }

    // MARK: Filters and events

    /// - Throws: the hook's error; ``LuaError`` for an unknown filter or a wrong value.
    func filter(_ name: String, _ value: LuaValue) async throws -> LuaValue {
        guard let filter = FilterName(rawValue: name) else {
            throw LuaError("no filter \"\(name)\"; there are \(API.targets(.filter).joined(separator: ", "))")
        }
        let hooks = try await loaded()
        try check(hooks, .filter, name)
        try FieldCheck.check(value, API.field(filter), name)
        let change = try change(filter, value)
        return try await noting {
            try await withRun(hooks, at: .before(filter.step)) { .table(["value": try await change($0.run)]) }
        }["value"]
    }

    /// The function that filters a value and judges it as a run does.
    private func change(
        _ filter: FilterName,
        _ value: LuaValue
    ) throws -> (Run) async throws -> LuaValue {
        let rules = rules
        switch filter {
        case .snapshotSize:
            return { run in
                let size = try await run.apply(.snapshotSize, to: value.text ?? "")
                try rules.snapshotSize(size)
                return .text(size)
            }
        case .archiveName:
            return { run in
                let name = try await run.apply(.archiveName, to: value.text ?? "")
                try rules.archiveName(name)
                return .text(name)
            }
        case .archiveExclude:
            return { run in
                let patterns = (value.list ?? []).compactMap(\.text)
                let changed = try await run.apply(.archiveExclude, to: patterns)
                try rules.archiveExclude(changed)
                return .list(changed.map(LuaValue.text))
            }
        case .retentionPlan:
            let sample = RetentionPlan.Decision(set: "", created: 0, keep: true, reason: "")
            let decisions = try (value.list ?? []).map { try $0.changing(sample, "a decision") }
            let plan = RetentionPlan(decisions: decisions)
            return { try LuaValue(encoding: try await $0.apply(.retentionPlan, to: plan).decisions) }
        }
    }

    /// - Throws: the hook's error, of which a run would warn; ``LuaError`` for an unknown event.
    func event(_ name: String, _ fields: LuaValue) async throws -> LuaValue {
        guard let kind = Fact.Kind(rawValue: name) else {
            let near = nearest(to: name, among: API.targets(.on)).map { ", did you mean \"\($0)\"?" } ?? ""
            throw LuaError("no event \"\(name)\"\(near)")
        }
        let hooks = try await loaded()
        try check(hooks, .on, name)
        let fact = try Fact(kind, with: fields)
        let run = state.withLock { $0.run }
        let clock = machine.clock
        let event = Event(run: run.id, sequence: 1, time: clock.now, monotonic: clock.elapsed, fact: fact)
        return try await noting {
            try await withRun(hooks, at: fact.point(at: run.step)) { runFixture in
                await runFixture.hear(event)
                guard let complaint = heard.complaint else { return .none }
                let hook = hooks.registrations.first { $0.verb == .on && $0.target == name }
                throw Failure(.failed, complaint, provider: hook?.name)
            }
        }
    }

    // MARK: Functions that hooks handed over

    /// Calls a function of the last replacement's result.
    func invoke(_ function: Int64) async throws -> LuaValue {
        guard let target = state.withLock({ $0.target }) else { throw LuaError("no hook has been called") }
        let hooks = try await loaded()
        guard let file = hooks.registrations.first?.file, let hookState = hooks.state(of: file) else { return .none }
        return try await withRun(hooks, at: point(target.verb, target.step)) { runFixture in
            let call = HookCall(verb: target.verb, target: target.step.rawValue, run: runFixture.run)
            try await hookState.invoke(function, call, limit: .seconds(30))()
            return .none
        }
    }

    /// Calls the function of a `run:undo`.
    ///
    /// - Parameter number: counted from 1.
    func undo(_ number: Int) async throws -> LuaValue {
        let release = state.withLock { $0.undos.indices.contains(number - 1) ? $0.undos[number - 1] : nil }
        try await release?.handler?()
        return .none
    }
}
