import Archive
import Glibc
import Host
import LVM
import Lifecycle
import MySQL

/// Puts the built-in providers onto the bus and takes one run through it.
struct Assembly: Sendable {
    let configuration: Configuration
    let guardian: GuardianLauncher?
    /// How long hooks may take for the events of the end; nil: the engine's own limit.
    let hearingTimeout: Duration?

    func run(_ hooks: HookTable) async -> Outcome {
        var bound = hooks
        var level: ProofLevel?
        do {
            let parts = try Parts(configuration)
            level = parts.proofLevel
            provideAll(parts, &bound)
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
        var outcome = await RecordedRun(configuration: configuration, options: options).run { record in
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

    /// One line for each step; a new technology is a new module and new lines here.
    private func provideAll(_ parts: Parts, _ hooks: inout HookTable) {
        let tools = LVMTools()
        let mysql = MySQLSteps(options: parts.mysql)
        let planner = SnapshotPlanner(
            size: configuration.snapshotSize ?? "",
            name: configuration.snapshotName,
            autoextend: parts.autoextend
        )
        let snapshot = SnapshotStep(tools: tools, planner: planner)
        let mount = MountStep(tools: tools, parent: configuration.mountDirectory)
        hooks.provide(.preflight, by: preflight(hooks, tools))
        hooks.provide(.connect, by: mysql.connect)
        hooks.provide(.locate, by: LocateStep(tools: tools, logicalVolume: configuration.logicalVolume))
        hooks.provide(
            .prepare,
            by: PrepareStep(configuration: configuration, guardian: guardian, snapshot: snapshot, mount: mount)
        )
        hooks.provide(.flush, by: mysql.flush)
        hooks.provide(.lock, by: mysql.lock)
        hooks.provide(.snapshot, by: snapshot)
        hooks.provide(.mount, by: mount)
        hooks.provide(.recover, by: mysql.recover)
        hooks.provide(.archive, by: ArchiveStep(parts.archive))
        hooks.provide(.publish, by: PublishStep(parts.archive))
        hooks.provide(
            .retain,
            by: RetainStep(parts.archive, rules: parts.keepRules) { facts in
                try await tools.hasVolume(uuid: facts.uuid)
            }
        )
    }

    /// A kept snapshot is a backup without a directory, too.
    private var needsDestination: Bool { !configuration.snapshotOnly || configuration.destination != nil }

    private func preflight(_ hooks: HookTable, _ tools: LVMTools) -> PreflightStep {
        PreflightStep(
            configuration: configuration,
            needsRoot: !hooks.isReplaced(.snapshot) || !hooks.isReplaced(.mount),
            needsDestination: needsDestination && !hooks.isReplaced(.archive),
            cleanUp: { try await RunCleanup(configuration: configuration, tools: tools).beforeRun($0) }
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
