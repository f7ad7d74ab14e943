/// A row of the step table: everything that the engine and the hooks' API know of one step.
///
/// The single source of the lifecycle's rules. The registry, the engine, the reference pages and the tests read them
/// here.
package struct StepRule: Sendable {
    /// The step of these rules.
    package let step: StepName
    /// The work of the step, in a few words.
    package let summary: String
    /// The name of the step's result in `run`, in JSON and in Lua; nil: the step has none.
    package let result: String?
    /// The runs that have this step.
    package let kinds: Set<RunKind>
    /// Why the step cannot be replaced; nil where it can.
    package let fixedBecause: String?
    /// Whether a `before` hook may leave the step out.
    package let allowsSkip: Bool
    /// Whether the step counts as nothing to do where every provider declines.
    package let mayBeDeclined: Bool
    /// Whether a dry run performs the step; the others it prints.
    package let isPartOfDryRun: Bool
    /// Whether the step reads the snapshot: a run whose snapshot itself is the backup has no such step.
    package let readsSnapshot: Bool
    /// Makes the result part of the run, and puts its release on the stack.
    let takeOver: @Sendable (any Sendable, StepPipeline) async throws -> Void

    /// Whether `replace` may put another provider in front of the built-in one.
    package var allowsReplace: Bool { fixedBecause == nil }
}

extension StepName {
    /// The row of this step.
    package var rule: StepRule {
        switch self {
        case .preflight:
            StepRule(
                .preflight,
                "checks host and configuration",
                fixed: "its checks protect the host",
                isPartOfDryRun: true
            )
        case .connect:
            StepRule(.connect, "opens the session with the server", result: "server", isPartOfDryRun: true) {
                $1.run.set(\.server, $0.server)
                $1.run.hold($0.release, until: .copy)
            }
        case .locate:
            StepRule(.locate, "finds the volume of the data", result: "volume", isPartOfDryRun: true) {
                $1.run.set(\.location, $0)
                $1.run.hold($0.release, until: .run)
            }
        case .prepare:
            StepRule(
                .prepare,
                "takes the run lock, starts the guardian, settles the snapshot",
                fixed: "no run goes on without the run lock and the guardian",
                isPartOfDryRun: true
            )
        case .flush: StepRule(.flush, "closes the tables without a lock", skip: true, declined: true)
        case .lock: StepRule(.lock, "keeps the data still", result: "lock") { try await $1.takeOver($0) }
        case .snapshot:
            StepRule(.snapshot, "makes the snapshot, then unlocks", result: "snapshot") { $1.takeOver($0) }
        case .mount:
            StepRule(.mount, "mounts the snapshot", result: "mount", readsSnapshot: true) { mount, pipeline in
                let release = pipeline.run.hold(mount.release, until: .copy)
                pipeline.run.update { ($0.mount, $0.mountRelease) = (mount, release) }
                pipeline.services.publish(.mounted(path: mount.path))
            }
        case .recover:
            StepRule(
                .recover,
                "recovers the copy by a private server",
                result: "recovery",
                skip: true,
                declined: true,
                readsSnapshot: true
            ) { try $1.takeOver($0) }
        case .verify:
            StepRule(
                .verify,
                "checks the copy, or a set",
                result: "verification",
                in: [.backup, .verify],
                skip: true,
                declined: true,
                readsSnapshot: true
            ) {
                $1.run.set(\.verification, $0)
                $1.services.publish(.verified($0))
            }
        case .archive:
            StepRule(
                .archive,
                "writes the archive, then unmounts and removes the snapshot",
                result: "archive",
                readsSnapshot: true
            ) { copy, pipeline in
                let release = pipeline.run.hold(copy.release, until: .run)
                pipeline.run.update { ($0.archive, $0.partialRelease) = (copy, release) }
                let written = Fact.Archived(location: copy.location, bytes: copy.bytes, files: copy.files)
                pipeline.services.publish(.archived(written))
            }
        case .publish:
            StepRule(.publish, "gives the set its name", result: "set", fixed: "a set appears whole or not at all") {
                $1.takeOver($0)
            }
        case .retain:
            StepRule(
                .retain,
                "removes older sets",
                result: "retention",
                fixed: "it never removes the newest good set",
                skip: true,
                declined: true
            ) {
                $1.run.set(\.retention, $0)
                $1.services.publish(.retained($0))
            }
        case .restore:
            StepRule(
                .restore,
                "restores a set to a directory",
                result: "restoration",
                in: [.restore],
                fixed: "it writes only what the set's checksums prove"
            ) {
                $1.run.set(\.restoration, $0)
                $1.services.publish(.restored($0))
            }
        }
    }
}

extension StepRule {
    fileprivate init<Output: Sendable>(
        _ step: Step<Output>,
        _ summary: String,
        result: String? = nil,
        in kinds: Set<RunKind> = [.backup],
        fixed: String? = nil,
        skip: Bool = false,
        declined: Bool = false,
        isPartOfDryRun: Bool = false,
        readsSnapshot: Bool = false,
        takeOver: @escaping @Sendable (Output, StepPipeline) async throws -> Void = { _, _ in }
    ) {
        self.init(
            step: step.name,
            summary: summary,
            result: result,
            kinds: kinds,
            fixedBecause: fixed,
            allowsSkip: skip,
            mayBeDeclined: declined,
            isPartOfDryRun: isPartOfDryRun,
            readsSnapshot: readsSnapshot,
            takeOver: { output, pipeline in
                guard let output = output as? Output else { throw WrongResult(step: step.name) }
                try await takeOver(output, pipeline)
            }
        )
    }
}

extension StepPipeline {
    fileprivate func takeOver(_ lock: Lock) async throws {
        run.set(\.lock, lock)
        if let release = lock.release, !window.isHeld, window.expiry == nil { services.grantLock(release: release) }
        guard window.expiry == nil else { throw LockExpired(expiry: .held) }
        if run.isPerformedByHook(.lock), let release = lock.release {
            let recorded = run.record(release)
            run.update { $0.lockRecord = recorded }
        }
        if lock.release != nil {
            let waited = window.waitedSeconds ?? 0
            services.publish(.locked(Fact.Locked(plan: lock.plan, reason: lock.reason, waitedSeconds: waited)))
        }
        if services.hooks.isWatchedUnderLock { try await completeCoordinates() }
    }

    fileprivate func takeOver(_ snapshot: Snapshot) {
        let returned = window.now()
        let ended = min(returned, window.releaseSentAt ?? returned)
        let release = run.hold(snapshot.release, until: .copy)
        run.update { state in
            (state.snapshot, state.snapshotRelease) = (snapshot, release)
            state.snapshotSpan?.ended = ended
        }
        let began = run.snapshotSpan?.began ?? returned
        let seconds = snapshot.creationSeconds ?? returned - began
        window.note(.snapshot, seconds: min(seconds, ended - began))
        services.publish(
            .snapshotted(Fact.Snapshotted(name: snapshot.name, device: snapshot.device, seconds: seconds))
        )
    }

    fileprivate func takeOver(_ recovery: Recovery) throws {
        run.set(\.recovery, recovery)
        services.publish(.recovered(clean: recovery.clean))
        guard recovery.clean else {
            throw Failure(
                .failed,
                "the copy was not recovered cleanly",
                advice: recovery.log.map { "see the recovery log \"\($0)\"" }
            )
        }
    }

    fileprivate func takeOver(_ set: BackupSet) {
        ledger.publish(set)
        run.keep { $0.partialRelease }
        if run.isSnapshotOnly { run.keep { $0.snapshotRelease } }
        run.set(\.set, set)
        services.publish(.published(set))
    }
}
