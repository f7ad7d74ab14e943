import Archive
import Glibc
import Host
import LVM
import Lifecycle
import MySQL
import Storage

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
        let watch = RunGuardian(configuration: configuration, launcher: guardian)
        let isReplaced = (snapshot: hooks.isReplaced(.snapshot), mount: hooks.isReplaced(.mount))
        let located: LocateStep.AfterLocate = { run, volume, _, lock in
            try await DestinationCheck(configuration.destination).check(run, volume)
            if !isReplaced.mount { try await mount.check(origin: volume) }
            if volume.thinPool != nil, configuration.snapshotSize != nil {
                run.warn(
                    "\"snapshot-size\" is without effect: \"\(volume.fullName)\" is thin, and its snapshots have no size"
                )
            }
            // The guardian is started first and released last: no part of the run may outlive it.
            if !run.isDryRun { try await watch.begin(run, lock) }
            if !isReplaced.snapshot { try await snapshot.prepare(run, volume, lock: lock) }
        }
        let locate = LocateStep(tools: tools, options: locateOptions(hooks), afterLocate: located)
        hooks.complete(.locate) { run, location in
            try await locate.complete(location, run)
            return location
        }
        hooks.complete(.lock) { run, lock in try await mysql.lock.complete(lock, run) }
        hooks.complete(.mount) { run, mount in
            try await MountProof.check(mount, run)
            return mount
        }
        hooks.provide(.preflight, by: preflight(hooks, tools))
        hooks.provide(.connect, by: mysql.connect)
        hooks.provide(.locate, by: locate)
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

    private func locateOptions(_ hooks: HookTable) -> LocateStep.Options {
        var options = LocateStep.Options()
        options.logicalVolume = configuration.logicalVolume
        options.lockDirectory = configuration.runDirectory
        // A replaced connect answers for its server.
        let isReplaced = hooks.isReplaced(.connect)
        options.acceptsUnproven = { _ in isReplaced }
        return options
    }

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
