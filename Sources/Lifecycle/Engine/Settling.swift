extension Passage {
    /// Checks the conditions of a step before it runs.
    func prepare(_ step: StepName) async throws {
        switch step {
        case .archive: try await run.mount?.makeReadOnly?()
        case .publish where run.isSnapshotOnly: try await checkSnapshot()
        default: break
        }
    }

    /// After the last byte was read: is the snapshot still valid? Then it is unmounted and removed.
    ///
    /// A failed removal does not spoil the backup: the thing is reported as left behind.
    func releaseCopy() async throws {
        try await checkSnapshot()
        await stopWatch()
        await release([.copy])
    }

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
        return outcome
    }

    private func stopWatch() async {
        guard await !ledger.stopWatch() else { return }
        run.warn("the snapshot's watch still waits for an answer; the releases don't wait for it")
    }

    func release(_ scopes: Set<ReleaseStack.Scope>) async {
        while let entry = services.stack.pop(scopes) {
            let report = await runner.run(entry.release)
            ledger.absorb(report)
            if report.leak == nil { noteReleased(entry.id) }
        }
    }

    /// Hooks do not see released things any more.
    private func noteReleased(_ id: Int) {
        if id == ledger.snapshotRelease { run.set(\.isSnapshotReleased, true) }
        if id == ledger.mountRelease { run.set(\.isMountReleased, true) }
    }

    /// Tells subscribers how full the snapshot is, until it is released, and ends the run where it is lost.
    ///
    /// A snapshot that is half full is checked four times as often.
    func watchSnapshot() {
        guard let usage = run.snapshot?.usage else { return }
        let interval = options.usageInterval
        ledger.startWatch(
            Task.detached { [services, run, abortion] in
                var hasWarned = false
                while !Task.isCancelled {
                    var pause = interval
                    do {
                        if let share = try await usage() {
                            services.publish(.snapshotUsage(share))
                            if share >= 0.5 { pause = interval / 4 }
                        }
                    } catch let lost as SnapshotLost where !Task.isCancelled {
                        return abortion.abort(lost.failure)
                    } catch {
                        // A question that was under way when the watch was stopped asks for a removed snapshot.
                        guard !Task.isCancelled, !hasWarned else { continue }
                        hasWarned = true
                        run.warn("the snapshot's usage cannot be read: \(Failure(error).message)")
                    }
                    // Cancelled means that the watch is over.
                    try? await Task.sleep(for: pause)
                }
            }
        )
    }

    /// The failure of a step that reads the snapshot: where the snapshot is not valid any more, that is the cause.
    func explain(_ failure: Failure) async -> Failure {
        guard let step = failure.step, step >= .mount, step <= .archive, failure.kind == .failed,
            let check = run.snapshot?.check
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

    private func checkSnapshot() async throws {
        if let check = run.snapshot?.check {
            // Longer than LVM's own commands may take.
            try await bounded(by: .seconds(150), check)
        } else {
            unproven("snapshot", "the snapshot's provider cannot say whether it is still valid")
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
