import Archive
import Lifecycle
import Storage

/// Puts the built-in providers onto the bus and takes one run through it.
struct Assembly: Sendable {
    let configuration: Configuration
    let guardian: GuardianLauncher?
    /// How long hooks may take for the events of the end; nil: the engine's own limit.
    let hearingTimeout: Duration?
    /// The storage and the database; nil: the built-in ones.
    var technologies: Technologies?

    func run(_ hooks: HookTable) async -> Outcome {
        var bound = hooks
        var level: ProofLevel?
        do {
            let parts = try Parts(configuration)
            level = parts.proofLevel
            provideAll(parts, technologies ?? Technologies(configuration, parts), &bound)
        } catch {
            let failure = Failure(error)
            bound.provide(
                .preflight,
                by: Refusal(failure: Failure(.unsuitable, failure.message, advice: failure.advice))
            )
        }
        let end = ProofEnding()
        var options = options
        options.verifiesSet = level != nil
        var recorded = RecordedRun(configuration: configuration, options: options)
        if let technologies { recorded.database = technologies.database }
        var outcome = await recorded.run { record in
            guard let level else { return bound }
            var bound = bound
            bound.provide(
                .verify,
                by: VerifyPublishedStep(level: level, configuration: configuration, record: record, ending: end)
            )
            return bound
        }
        await end.mark(&outcome)
        return outcome
    }

    private var options: EngineOptions {
        var options = EngineOptions()
        options.isDryRun = configuration.dryRun
        options.isSnapshotOnly = configuration.snapshotOnly
        options.strictHooks = configuration.strictHooks
        options.lockWaitTimeout = configuration.lockWaitTimeout
        options.maxLock = configuration.maxLock
        options.timeout = configuration.timeout
        if let hearingTimeout { options.hearingTimeout = hearingTimeout }
        return options
    }

    /// One line for each step.
    private func provideAll(_ parts: Parts, _ technologies: Technologies, _ hooks: inout HookTable) {
        let (storage, database) = (technologies.storage, technologies.database)
        let volumes = storage.volumes
        hooks.provide(.preflight, by: preflight(hooks, technologies))
        hooks.provide(.connect, by: database.connect)
        hooks.provide(.locate, by: storage.locate)
        hooks.provide(
            .prepare,
            by: PrepareStep(configuration: configuration, guardian: guardian, storage: storage)
        )
        hooks.provide(.flush, by: database.flush)
        hooks.provide(.lock, by: database.lock)
        hooks.provide(.snapshot, by: storage.snapshot)
        hooks.provide(.mount, by: storage.mount)
        hooks.provide(.recover, by: database.recover)
        hooks.provide(.archive, by: ArchiveStep(parts.archive))
        hooks.provide(.publish, by: PublishStep(parts.archive))
        hooks.provide(
            .retain,
            by: RetainStep(parts.archive, rules: parts.keepRules) { facts in
                try await volumes.exists(uuid: facts.uuid)
            }
        )
    }

    /// A kept snapshot is a backup without a directory, too.
    private var needsDestination: Bool { !configuration.snapshotOnly || configuration.destination != nil }

    private func preflight(_ hooks: HookTable, _ technologies: Technologies) -> PreflightStep {
        PreflightStep(
            configuration: configuration,
            needsRoot: technologies.storage.needsRoot
                && (!hooks.isReplaced(.snapshot) || !hooks.isReplaced(.mount)),
            needsDestination: needsDestination && !hooks.isReplaced(.archive),
            cleanUp: { try await RunCleanup(configuration, technologies).beforeRun($0) }
        )
    }
}

/// A run whose configuration cannot be used.
private struct Refusal: StepProvider {
    let name = "configuration"
    let failure: Failure

    func provide(_ run: Run) async throws -> Provision<Void> { throw failure }

    func plan(_ run: Run) async throws -> [String] { [] }
}
