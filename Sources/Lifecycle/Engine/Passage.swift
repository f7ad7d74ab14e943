/// One run on its way through the steps: the spine.
///
/// It alone changes the run's state.
struct Passage: Sendable {
    let run: Run
    let options: EngineOptions
    let runner: ReleaseRunner
    let begin: @Sendable (Run) async throws -> Void
    /// The handle by which the engine's timer and the snapshot's watch end the run.
    let abortion = Abortion()
    let ledger = Ledger()

    var services: RunServices { run.services }
    var clock: LockClock { run.services.lockClock }

    /// Goes through all steps; answers why it ended early, or nil.
    func travel() async -> Failure? {
        do {
            try await begin(run)
            for step in options.steps { try await pass(step) }
            return nil
        } catch {
            var failure = Failure(error)
            // The set stays, and the sets before it do: only the verification fails a run that late.
            if ledger.isPublished { failure.kind = .unverified }
            return failure
        }
    }

    // MARK: One step

    private func pass(_ step: StepName) async throws {
        if ledger.isPublished, Task.isCancelled, step != .verify {
            run.warn("the run was told to stop after the set was published: \(step.rawValue) was skipped")
            return
        }
        try Task.checkCancellation()
        run.set(\.step, step)
        services.publish(.stepStarted(step))
        let start = ContinuousClock.now
        var ending = StepEnding.failed
        defer {
            let seconds = (ContinuousClock.now - start).inSeconds
            run.update { $0.timings[step] = seconds }
            services.publish(.stepFinished(Fact.StepFinished(step, seconds: seconds, ending: ending)))
        }
        do {
            ending = try await perform(step)
            if step == .recover { warnOfInexactCoordinates() }
        } catch {
            try await fail(step, error)
        }
    }

    /// A step that fails after the set is published only adds a warning.
    ///
    /// A failed verification ends the run, before older sets are removed.
    private func fail(_ step: StepName, _ error: any Error) async throws {
        var failure = Failure(error)
        failure.step = failure.step ?? step
        guard ledger.isPublished else { throw await explain(failure) }
        if step == .verify { throw failure }
        run.warn("\(step.rawValue): \(failure.hook.map { "\($0): " } ?? "")\(failure.message)")
    }

    private func perform(_ step: StepName) async throws -> StepEnding {
        if let reason = notNeeded(step) {
            run.note("\(step.rawValue): skipped: \(reason)", level: .debug)
            return .skipped
        }
        if options.isDryRun, step > .prepare { return try await plan(step) }
        guard try await askBefore(step) else { return .skipped }
        try await prepare(step)
        guard let output = try await provide(step) else { return .declined }
        try await tellAfter(step, output)
        if step == .archive { try await releaseCopy() }
        return .done
    }

    /// The coordinates are final now, whether the copy was recovered or not.
    private func warnOfInexactCoordinates() {
        guard let doubt = run.coordinates?.doubt else { return }
        run.warn("coordinates are not exact: \(doubt)")
    }

    private func notNeeded(_ step: StepName) -> String? {
        guard run.isSnapshotOnly, step >= .mount, step <= .archive else { return nil }
        return "the snapshot itself is the backup"
    }

    private func plan(_ step: StepName) async throws -> StepEnding {
        let hooks = services.hooks
        noteHooks((hooks.before[step] ?? []).map { HookTrace.Asked("before", $0.name, $0.place) }, of: step)
        noteHooks(hooks.providers(of: step).filter { !$0.isBuiltIn }.map(\.asAsked), of: step)
        guard let provider = hooks.providers(of: step).first else { return .declined }
        let lines = try await provider.plan(run)
        for line in lines { run.note(line, level: .notice) }
        // A step for which nothing is planned is declined, and no hook hears of its success.
        if !lines.isEmpty {
            noteHooks((hooks.after[step] ?? []).map { HookTrace.Asked("after", $0.name, $0.place) }, of: step)
        }
        return .planned
    }

    /// Hooks that a dry run skips.
    private func noteHooks(_ all: [HookTrace.Asked], of step: StepName) {
        let hooks = services.hooks
        for asked in all {
            run.note("would ask \(asked.name)\(asked.place.map { " (\($0))" } ?? "")", level: .notice)
            hooks.trace?.add(HookTrace.Entry(step: step, asked: asked, answer: "skipped by the dry run"))
        }
    }
}
