extension Passage {
    /// Asks the `before` hooks of a step; answers whether the step is to run.
    func askBefore(_ step: StepName) async throws -> Bool {
        var attempts: [Int: Int] = [:]
        let hooks = services.hooks.before[step] ?? []
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
                    try await pause(step, reason, attempt: attempts[index] ?? 1, of: limit, wait: wait)
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

    /// Runs the `after` hooks of a step that succeeded.
    ///
    /// A hook that fails adds a warning; the step stays done.
    ///
    /// - Throws: the error of a hook that registered so, until the set is published.
    func tellAfter(_ step: StepName, _ output: any Sendable) async throws {
        for hook in services.hooks.after[step] ?? [] {
            do {
                try await tell(hook, step, output)
            } catch {
                if hook.failsRun, !ledger.isPublished || step == .verify {
                    var failure = Failure(error)
                    failure.name(hook.name, hook.place)
                    throw failure
                }
                run.noteFailedHook(hook.name)
                run.warn("hook \"\(hook.name)\": \(Failure(error).message)")
            }
        }
    }

    /// Runs a hook.
    ///
    /// A hook that returns neither within its limit nor soon after a cancellation is left behind.
    func abandonable<Value: Sendable>(
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

    private func ask(_ hook: HookTable.Before, _ step: StepName) async throws -> Verdict {
        let asked = HookTrace.Asked("before", hook.name, hook.place)
        let verdict = try await traced(services.hooks.trace, step, asked, \.asAnswer) {
            try await abandonable(hook.name, limit: limit(hook.limit)) { [run] in
                try await endingQuestions(step) { try await hook.ask(run) } ?? .proceed
            }
        }
        run.settleIntents()
        return verdict
    }

    private func tell(_ hook: HookTable.After, _ step: StepName, _ output: any Sendable) async throws {
        let asked = HookTrace.Asked("after", hook.name, hook.place)
        let told = { (_: Void) in "told" }
        try await traced(services.hooks.trace, step, asked, told) {
            try await abandonable(hook.name, limit: limit(hook.limit)) { [run] in
                _ = try await endingQuestions(step) { try await hook.tell(run, output) }
            }
        }
        run.settleIntents()
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

    private func limit(_ limit: HookTable.Limit) -> Duration? {
        switch limit {
        case .engine: hookLimit
        case .own: nil
        }
    }

    /// Hooks under the lock share its budget.
    private var hookLimit: Duration {
        clock.isHeld ? min(options.hookTimeout, options.maxLock) : options.hookTimeout
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

    private func pause(
        _ step: StepName,
        _ reason: String,
        attempt: Int,
        of limit: Int,
        wait: Duration
    ) async throws {
        guard !clock.isHeld else {
            throw Failure(.failed, "\"retry\" is refused while the lock is held (\(reason))")
        }
        guard attempt <= limit else {
            throw Failure(.deferred, "\(reason) (after \(limit) attempts)")
        }
        let retry = Fact.Retrying(step, reason, attempt: attempt, of: limit, wait: wait.inSeconds)
        services.publish(.retrying(retry))
        try await Task.sleep(for: wait)
    }
}
