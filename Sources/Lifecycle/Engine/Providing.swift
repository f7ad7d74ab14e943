internal import Faults

extension Passage {
    /// Asks the step's providers in order, and takes over the result of the first provider that does not decline.
    func provide(_ step: StepName) async throws -> (any Sendable)? {
        var refusals: [String] = []
        for provider in services.hooks.providers(of: step) {
            switch try await ask(provider, for: step) {
            case .result(let output):
                return output
            case .declined(let reason):
                run.note("\(provider.name) declines: \(reason)", level: .debug)
                refusals.append("\(provider.name): \(reason)")
            }
        }
        guard !step.rule.mayBeDeclined else { return nil }
        let reasons = refusals.isEmpty ? "it has no provider" : refusals.joined(separator: "; ")
        throw Failure(.failed, "no provider for step \"\(step.rawValue)\": \(reasons)")
    }

    private func ask(
        _ provider: HookTable.BoundProvider,
        for step: StepName
    ) async throws -> Provision<any Sendable> {
        do {
            if step == .snapshot { return try await provideSnapshot(provider) }
            try await Faults.pass("step/\(step.rawValue)", .entry)
            let answer = try await call(provider, step, limit: nil)
            guard case .result(let output) = answer else {
                run.settleIntents()
                return answer
            }
            try await takeOver(step, output)
            run.settleIntents()
            try await Faults.pass("step/\(step.rawValue)", .exit)
            // Completed meanwhile, where a hook is going to read it.
            return step == .lock ? .result(run.lock ?? output) : answer
        } catch {
            var failure = clock.explain(error, options: options)
            failure.name(provider.name, provider.place)
            throw failure
        }
    }

    /// A built-in keeps its own deadlines; a hook that ignores cancellation or its limit is left behind.
    private func call(
        _ provider: HookTable.BoundProvider,
        _ step: StepName,
        limit: Duration?
    ) async throws -> Provision<any Sendable> {
        try await traced(services.hooks.trace, step, provider.asAsked, \.asAnswer) {
            if provider.isBuiltIn { return try await provider.provide(run) }
            let answer = try await abandonable(provider.name, limit: limit) { [run] in try await provider.provide(run) }
            guard case .result(let output) = answer else { return answer }
            run.update { $0.performedByHooks.insert(step) }
            return .result(try await services.hooks.adopt(output, of: step, run))
        }
    }

    /// The snapshot, and right after its provider has returned or failed, the unlock and the lock's proof.
    private func provideSnapshot(_ provider: HookTable.BoundProvider) async throws -> Provision<any Sendable> {
        guard clock.expiry == nil else { throw LockExpired(expiry: .held) }
        let began = (unix: unixTime(), monotonic: monotonicTime())
        let answer: Provision<any Sendable>
        do {
            try await Faults.pass("step/snapshot", .entry)
            answer = try await call(provider, .snapshot, limit: options.maxLock)
            if case .result(let output) = answer {
                let span = SnapshotSpan(time: began.unix, began: began.monotonic, ended: monotonicTime())
                try takeOverSnapshot(output, span: span)
                run.settleIntents()
                try await Faults.pass("step/snapshot", .exit)
            }
        } catch {
            // The first error is the one to report; an error of the unlock is kept beside it.
            do { try await unlock() } catch { ledger.suppress(Failure(error)) }
            throw error
        }
        if case .declined = answer {
            run.settleIntents()
            return answer
        }
        try await unlock()
        try await proveLock()
        try await completeCoordinates()
        watchSnapshot()
        return answer
    }
}

extension HookTable.BoundProvider {
    /// As a trace shows it.
    var asAsked: HookTrace.Asked { HookTrace.Asked(isBuiltIn ? "built-in" : "replace", name, place) }
}
