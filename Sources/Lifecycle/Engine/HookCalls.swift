/// Calls the hooks and providers of a step: their verdicts, their time limits, and the trace.
struct HookCalls: Sendable {
    private let run: Run
    private let options: EngineOptions

    init(run: Run, options: EngineOptions) {
        self.run = run
        self.options = options
    }

    private var services: RunServices { run.services }
    private var table: HookTable { run.services.hooks }

    // MARK: Before a step

    /// Asks the `before` hooks of a step; answers whether the step is to run.
    func askBefore(_ step: StepName) async throws -> Bool {
        var attempts: [Int: Int] = [:]
        let hooks = table.before[step] ?? []
        var index = 0
        while index < hooks.count {
            let hook = hooks[index]
            do {
                switch try await ask(hook, step) {
                case .proceed:
                    index += 1
                case .veto(let reason):
                    throw Failure(.vetoed, reason)
                case .defer(let reason):
                    throw Failure(.deferred, reason)
                case .skip(let reason):
                    try skip(step, because: reason, by: hook.name)
                    return false
                case .retry(let reason, let wait, let limit):
                    attempts[index, default: 1] += 1
                    let attempt = attempts[index] ?? 1
                    try await pause(Fact.Retrying(step, reason, attempt: attempt, of: limit, wait: wait.inSeconds))
                    index = 0
                }
            } catch {
                var failure = Failure(error)
                failure.name(hook.name, hook.place)
                throw failure
            }
        }
        return true
    }

    private func ask(_ hook: HookTable.Before, _ step: StepName) async throws -> Verdict {
        let asked = HookTrace.Asked("before", hook.name, hook.place)
        let verdict = try await traced(table.trace, step, asked, \.asAnswer) {
            try await abandonable(hook.name, limit: limit(hook.limit)) { [run] in
                try await endingQuestions(step) { try await hook.ask(run) } ?? .proceed
            }
        }
        run.settleIntents()
        return verdict
    }

    private func skip(_ step: StepName, because reason: String, by hook: String) throws {
        guard step.rule.allowsSkip else {
            let allowed = run.kind.steps.filter(\.rule.allowsSkip).map(\.rawValue).joined(separator: ", ")
            throw Failure(
                .failed,
                "the step \"\(step.rawValue)\" cannot be skipped (\(reason))",
                advice: allowed.isEmpty ? nil : "steps that can be skipped: \(allowed)"
            )
        }
        run.note("\(step.rawValue) is skipped by \(hook): \(reason)")
    }

    private func pause(_ retry: Fact.Retrying) async throws {
        guard !run.isLockHeld else {
            throw Failure(.failed, "\"retry\" is refused while the lock is held (\(retry.reason))")
        }
        guard retry.attempt <= retry.of else {
            throw Failure(.deferred, "\(retry.reason) (after \(retry.of) attempts)")
        }
        services.publish(.retrying(retry))
        try await Task.sleep(for: .seconds(retry.wait))
    }

    // MARK: A step

    /// Asks a provider for the result of its step.
    ///
    /// A built-in keeps its own deadlines; a hook that ignores cancellation or its limit is left behind.
    func provide(
        _ step: StepName,
        by provider: HookTable.BoundProvider,
        limit: Duration?
    ) async throws -> Provision<any Sendable> {
        try await traced(table.trace, step, provider.asAsked, \.asAnswer) {
            if provider.isBuiltIn { return try await provider.provide(run) }
            let answer = try await abandonable(provider.name, limit: limit) { [run] in try await provider.provide(run) }
            guard case .result(let output) = answer else { return answer }
            run.update { _ = $0.performedByHooks.insert(step) }
            return .result(try await table.adopt(output, of: step, run))
        }
    }

    /// Prints the acts of a step, and its hooks, in place of performing it.
    func plan(_ step: StepName) async throws -> StepEnding {
        note((table.before[step] ?? []).map { HookTrace.Asked("before", $0.name, $0.place) }, of: step)
        note(table.providers(of: step).filter { !$0.isBuiltIn }.map(\.asAsked), of: step)
        guard let provider = table.providers(of: step).first else { return .declined }
        let lines = try await provider.plan(run)
        for line in lines { run.note(line, level: .notice) }
        // A step for which nothing is planned is declined, and no hook hears of its success.
        if !lines.isEmpty {
            note((table.after[step] ?? []).map { HookTrace.Asked("after", $0.name, $0.place) }, of: step)
        }
        return .planned
    }

    /// Hooks that a dry run skips.
    private func note(_ hooks: [HookTrace.Asked], of step: StepName) {
        for asked in hooks {
            run.note("would ask \(asked.name)\(asked.place.map { " (\($0))" } ?? "")", level: .notice)
            table.trace?.add(HookTrace.Entry(step: step, asked: asked, answer: "skipped by the dry run"))
        }
    }

    // MARK: After a step

    /// Runs the `after` hooks of a step that succeeded.
    ///
    /// A hook that fails adds a warning; the step stays done.
    ///
    /// - Throws: the error of a hook that registered so, until the set is published.
    func tellAfter(_ step: StepName, _ output: any Sendable, isPublished: Bool) async throws {
        for hook in table.after[step] ?? [] {
            do {
                try await tell(hook, step, output)
            } catch {
                if hook.failsRun, !isPublished || step == .verify {
                    var failure = Failure(error)
                    failure.name(hook.name, hook.place)
                    throw failure
                }
                run.noteFailedHook(hook.name)
                run.warn("hook \"\(hook.name)\": \(Failure(error).message)")
            }
        }
    }

    private func tell(_ hook: HookTable.After, _ step: StepName, _ output: any Sendable) async throws {
        let asked = HookTrace.Asked("after", hook.name, hook.place)
        let told = { (_: Void) in "told" }
        try await traced(table.trace, step, asked, told) {
            try await abandonable(hook.name, limit: limit(hook.limit)) { [run] in
                _ = try await endingQuestions(step) { try await hook.tell(run, output) }
            }
        }
        run.settleIntents()
    }

    // MARK: Limits

    /// Runs a hook.
    ///
    /// A hook that returns neither within its limit nor soon after a cancellation is left behind.
    private func abandonable<Value: Sendable>(
        _ name: String,
        limit: Duration?,
        _ hook: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        do {
            return try await bounded(by: limit, grace: .seconds(5), hook)
        } catch let error as DeadlineExceeded {
            services.publish(.abandoned(hook: name))
            throw Failure(
                Task.isCancelled ? .cancelled : .failed,
                "hook \"\(name)\" did not return within \(error.limit.inSeconds.formatted) s",
                provider: name
            )
        }
    }

    private func limit(_ limit: HookTable.Limit) -> Duration? {
        switch limit {
        // Hooks under the lock share its budget.
        case .engine: run.isLockHeld ? min(options.hookTimeout, options.maxLock) : options.hookTimeout
        case .own: nil
        }
    }

    /// Ends the private server that the hook may have asked: the mount is not to be held by it later.
    ///
    /// - Returns: nil where a dry run ended the hook.
    private func endingQuestions<Value>(
        _ step: StepName,
        _ hook: () async throws -> Value
    ) async throws -> Value? {
        guard step == .recover || step == .verify else { return try await endedByDryRun(hook) }
        do {
            let value = try await endedByDryRun(hook)
            try await services.tools.endCopy()
            return value
        } catch {
            // The hook's own error is the one to tell.
            try? await services.tools.endCopy()
            throw error
        }
    }

    private func endedByDryRun<Value>(_ hook: () async throws -> Value) async throws -> Value? {
        do { return try await hook() } catch is DryRunEnd { return nil }
    }
}

extension HookTable.BoundProvider {
    /// As a trace shows it.
    fileprivate var asAsked: HookTrace.Asked { HookTrace.Asked(isBuiltIn ? "built-in" : "replace", name, place) }
}

extension HookTable {
    /// Runs the hooks that filter the value, in order; each may change it.
    ///
    /// - Parameter judge: refuses a value that a hook has changed.
    /// - Throws: the error of one of them, or of the judge about its value, with its name.
    func filter<Value: Sendable>(
        _ name: FilterName,
        _ value: Value,
        _ run: Run,
        _ judge: (Value) async throws -> Void
    ) async throws -> Value {
        var value = value
        for change in changes[name] ?? [] {
            do {
                let before = value
                let asked = HookTrace.Asked("filter", change.name, change.place)
                let answer = { (after: any Sendable) in "\(before)" == "\(after)" ? "unchanged" : "changed" }
                let changed = try await traced(trace, run.step, asked, answer) {
                    try await self.apply(change, before, run)
                }
                if let changed = changed as? Value { value = changed }
                if "\(before)" != "\(value)" { try await judge(value) }
            } catch is DryRunEnd {
                // The hook has logged the effect that it left out; the value stays.
            } catch {
                var failure = Failure(error)
                failure.name(change.name, change.place)
                throw failure
            }
        }
        return value
    }

    private func apply(_ change: Change, _ value: any Sendable, _ run: Run) async throws -> any Sendable {
        let limit = change.limit == .engine ? hookTimeout : nil
        return try await bounded(by: limit, grace: .seconds(5)) { try await change.apply(run, value) }
    }
}
