/// A run that stands still at one point, with hooks bound to it: for tests of hooks, without an engine.
package struct RunFixture: Sendable {
    /// The facts known at the point where it stands.
    package struct Known: Sendable {
        package var step: StepName?
        package var server: Server?
        package var location: Location?
        package var lock: Lock?
        /// Whether the lock is held just now.
        package var isLockHeld = false
        /// How long the lock was held, once it is released.
        package var heldSeconds: Double?
        package var snapshot: Snapshot?
        package var isSnapshotReleased = false
        package var mount: Mount?
        package var isMountReleased = false
        package var recovery: Recovery?
        package var archive: ArchivedCopy?
        package var set: BackupSet?
        package var timings: [StepName: Double] = [:]
        package var warnings: [String] = []
        package var request: RestoreRequest?
        package var verification: Verification?
        package var restoration: Restoration?

        package init() {}
    }

    package let run: Run
    private let hooks: HookTable

    /// - Parameters:
    ///   - started: seconds since 1970.
    ///   - hear: is told, at once, what the hooks say to the run.
    package init(
        _ known: Known,
        environment: EngineEnvironment,
        started: Double,
        options: EngineOptions,
        hooks: HookTable,
        hear: @escaping @Sendable (Fact) -> Void
    ) {
        let bus = EventBus(run: environment.runID, subscribers: [], onPublish: hear)
        let runner = ReleaseRunner(
            runUndo: environment.runUndo,
            statementCommand: environment.statementCommand,
            publish: { bus.publish($0) }
        )
        let window = LockWindow(waitLimit: options.lockWaitTimeout, holdLimit: options.maxLock, runner: runner)
        window.set(isHeld: known.isLockHeld, held: known.heldSeconds)
        let services = RunServices(
            bus: bus,
            hooks: hooks,
            lockWindow: window,
            stack: ReleaseStack(),
            intend: environment.intend,
            settle: environment.settle,
            statementCommand: environment.statementCommand,
            tools: environment.tools
        )
        self.hooks = hooks
        run = Run(
            id: environment.runID,
            host: environment.host,
            started: started,
            options: options,
            services: services
        )
        run.update { state in
            (state.step, state.server, state.location) = (known.step, known.server, known.location)
            (state.lock, state.snapshot, state.mount) = (known.lock, known.snapshot, known.mount)
            (state.isSnapshotReleased, state.isMountReleased) = (known.isSnapshotReleased, known.isMountReleased)
            (state.recovery, state.archive, state.set) = (known.recovery, known.archive, known.set)
            (state.timings, state.warnings) = (known.timings, known.warnings)
            (state.request, state.verification) = (known.request, known.verification)
            state.restoration = known.restoration
        }
    }

    // MARK: The verbs

    /// Asks the `before` hooks once each, up to the first that does not let the run proceed; nil: there is none.
    package func ask(_ step: StepName) async throws -> Verdict? {
        guard let asked = hooks.before[step] else { return nil }
        for hook in asked {
            let verdict = try await hook.ask(run)
            if verdict != .proceed { return verdict }
        }
        return .proceed
    }

    /// Asks the replacements up to the first that does not decline; nil: there is none.
    package func provide(_ step: StepName) async throws -> Provision<any Sendable>? {
        var answer: Provision<any Sendable>?
        for provider in hooks.providers(of: step) {
            let given = try await provider.provide(run)
            if case .result = given { return given }
            answer = given
        }
        return answer
    }

    /// Tells the `after` hooks; answers how many there are.
    package func tell(_ step: StepName) async throws -> Int {
        let told = hooks.after[step] ?? []
        for hook in told { try await hook.tell(run, ()) }
        return told.count
    }

    /// Tells the subscribers.
    package func hear(_ event: Event) async {
        for subscriber in hooks.runSubscribers where subscriber.kind == event.fact.kind {
            // The hook has already reported its own error.
            try? await subscriber.hear(run, event)
        }
    }

    /// Takes what the hooks put on the stack, oldest first.
    package func takeReleases() -> [Release] {
        run.settleIntents()
        var releases: [Release] = []
        while let entry = run.services.stack.pop([.lock, .copy, .run, .last]) { releases.insert(entry.release, at: 0) }
        return releases
    }
}
