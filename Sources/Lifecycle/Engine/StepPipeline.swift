internal import Faults

/// One run on its way through the steps: the spine, which alone changes the run's state.
///
/// The file follows a run: all steps, one step, its provider, the window of the lock, the end of the copy, the end.
struct StepPipeline: Sendable {
    let run: Run
    let options: EngineOptions
    let runner: ReleaseRunner
    let clock: EngineClock
    /// The handle by which the engine's timer and the snapshot's watch end the run.
    let abortion = Abortion()
    let ledger = Ledger()
    private let watch = UsageWatch()

    var services: RunServices { run.services }
    var window: LockWindow { run.services.lockWindow }
    private var calls: HookCalls { HookCalls(run: run, options: options) }

    // MARK: All steps

    /// Goes through all steps; answers why it ended early, or nil.
    func travel(_ begin: @Sendable (Run) async throws -> Void) async -> Failure? {
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

    private func perform(_ step: StepName) async throws -> StepEnding {
        if run.isSnapshotOnly, step.rule.readsSnapshot {
            run.note("\(step.rawValue): skipped: the snapshot itself is the backup", level: .debug)
            return .skipped
        }
        if options.isDryRun, !step.rule.isPartOfDryRun { return try await calls.plan(step) }
        guard try await calls.askBefore(step) else { return .skipped }
        if step == .archive { try await run.mount?.makeReadOnly?() }
        if step == .publish, run.isSnapshotOnly { try await checkSnapshot() }
        if step == .publish { try run.keepPublished() }
        guard let output = try await provide(step) else { return .declined }
        try await calls.tellAfter(step, output, isPublished: ledger.isPublished)
        if step == .archive { try await releaseCopy() }
        return .done
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

    /// The failure of a step that reads the snapshot: where the snapshot is not valid any more, that is the cause.
    private func explain(_ failure: Failure) async -> Failure {
        guard failure.step?.rule.readsSnapshot == true, failure.kind == .failed, let check = run.snapshot?.check
        else { return failure }
        do {
            try await Task.detached { try await bounded(by: .seconds(30), check) }.value
            return failure
        } catch {
            var cause = Failure(error)
            cause.step = failure.step
            cause.provider = failure.provider
            ledger.suppress(failure)
            return cause
        }
    }

    /// The coordinates are final now, whether the copy was recovered or not.
    private func warnOfInexactCoordinates() {
        guard let doubt = run.coordinates?.doubt else { return }
        run.warn("coordinates are not exact: \(doubt)")
    }

    // MARK: The provider of a step

    /// Asks the step's providers in order, and takes over the result of the first provider that does not decline.
    private func provide(_ step: StepName) async throws -> (any Sendable)? {
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
            let answer = try await takeOver(step, provider)
            // The lock is completed meanwhile, where a hook is going to read it.
            if case .result(let output) = answer, step == .lock { return .result(run.lock ?? output) }
            return answer
        } catch {
            var failure = window.explain(error, options: options)
            failure.name(provider.name, provider.place)
            throw failure
        }
    }

    /// Makes a step's result part of the run's state, and puts its release on the stack.
    private func takeOver(
        _ step: StepName,
        _ provider: HookTable.BoundProvider,
        limit: Duration? = nil
    ) async throws -> Provision<any Sendable> {
        try await Faults.pass("step/\(step.rawValue)", .entry)
        let answer = try await calls.provide(step, by: provider, limit: limit)
        guard case .result(let output) = answer else {
            run.settleIntents()
            return answer
        }
        try await step.rule.takeOver(output, self)
        run.settleIntents()
        try await Faults.pass("step/\(step.rawValue)", .exit)
        return answer
    }

    // MARK: The window of the lock

    /// The snapshot, and right after its provider has returned or failed, the unlock and the lock's proof.
    private func provideSnapshot(_ provider: HookTable.BoundProvider) async throws -> Provision<any Sendable> {
        guard window.expiry == nil else { throw LockExpired(expiry: .held) }
        let asked = window.now()
        run.set(\.snapshotSpan, SnapshotSpan(time: unixTime(), began: asked, ended: asked))
        let answer: Provision<any Sendable>
        do {
            answer = try await takeOver(.snapshot, provider, limit: options.maxLock)
        } catch {
            // The first error is the one to report; an error of the unlock is kept beside it.
            do { try await unlock() } catch { ledger.suppress(Failure(error)) }
            throw error
        }
        if case .declined = answer { return answer }
        try await unlock()
        try await proveLock()
        try await completeCoordinates()
        watch.start(run, every: options.usageInterval, by: clock, abortion)
        return answer
    }

    /// Releases the lock, then what was to be undone right after it.
    ///
    /// - Throws: where the release statement itself failed: the lock may then have been lost before the snapshot was
    ///   complete, although a later part of the release did release it.
    private func unlock() async throws {
        let report = await window.release()
        services.bus.resume()
        if let held = window.heldSeconds, ledger.tellUnlockOnce() { services.publish(.unlocked(heldSeconds: held)) }
        await release([.lock])
        guard let report else { return }
        ledger.absorb(report)
        if report.leak == nil { run.settleLock() }
        guard let first = report.suppressed.first else { return }
        throw Failure(
            .failed,
            "the lock may have been lost before the snapshot was complete: \(first.message)",
            advice: "the snapshot is discarded; look into the server's log for a killed or lost connection"
        )
    }

    /// Asks for the lock's proof, after the unlock.
    private func proveLock() async throws {
        if let expiry = window.expiry { throw LockExpired(expiry: expiry) }
        guard let lock = run.lock else { return }
        if let proof = lock.proof { try await bounded(by: .seconds(30), proof) }
        if lock.isWaived {
            unproven("lock", "no lock was taken: only a hook says that the snapshot is consistent without one")
        } else if lock.proof == nil, lock.release != nil {
            unproven("lock", "the lock's provider gives no proof that it was held until the snapshot was complete")
        }
    }

    /// Waits for the coordinates that the lock's provider was still reading.
    func completeCoordinates() async throws {
        guard var lock = run.lock, let read = lock.pendingCoordinates else { return }
        lock.coordinates = try await bounded(by: .seconds(30), read)
        lock.pendingCoordinates = nil
        run.set(\.lock, lock)
    }

    // MARK: The end of the copy

    /// After the last byte was read: is the snapshot still valid? Then it is unmounted and removed.
    ///
    /// A failed removal does not spoil the backup: the thing is reported as left behind.
    private func releaseCopy() async throws {
        try await checkSnapshot()
        await stopWatch()
        await release([.copy])
    }

    private func checkSnapshot() async throws {
        if let check = run.snapshot?.check {
            // Longer than LVM's own commands may take.
            try await bounded(by: .seconds(150), check)
        } else {
            unproven("snapshot", "the snapshot's provider cannot say whether it is still valid")
        }
    }

    private func unproven(_ what: String, _ warning: String) {
        run.update { $0.unproven.append(what) }
        run.warn(warning)
    }

    // MARK: The end of the run

    /// Runs every release that is left, newest first, and adds up how the run ended.
    func settle(_ failure: Failure?) async -> Outcome {
        await stopWatch()
        do { try await unlock() } catch { ledger.suppress(Failure(error)) }
        await release([.lock, .copy, .run])
        await release([.last])
        var outcome = Outcome(run: run.id, ending: failure.map(\.ending) ?? .succeeded, failure: failure)
        outcome.kind = run.kind
        ledger.fill(&outcome)
        outcome.warnings = run.warnings
        for (step, seconds) in run.timings { outcome.timings[step.rawValue] = seconds }
        outcome.lockHeldSeconds = run.lockHeldSeconds
        outcome.lockWaitSeconds = run.lockWaitSeconds
        outcome.lockTimings = run.lockTimings
        return outcome
    }

    private func stopWatch() async {
        guard await !watch.stop() else { return }
        run.warn("the snapshot's watch still waits for an answer; the releases don't wait for it")
    }

    private func release(_ scopes: Set<ReleaseStack.Scope>) async {
        while let entry = services.stack.pop(scopes) {
            let report = await runner.run(entry.release)
            ledger.absorb(report)
            // Hooks do not see released things any more.
            guard report.leak == nil else { continue }
            run.noteReleased(entry.id)
            run.settle(entry.recorded)
        }
    }
}

extension Failure {
    /// How a run with this failure ends.
    fileprivate var ending: Outcome.Ending {
        switch kind {
        case .vetoed: .vetoed
        case .deferred: .deferred
        case .failed, .unsuitable, .unverified, .cancelled: .failed
        }
    }
}
