internal import Faults
import Glibc
package import Host
package import Lifecycle
import Storage
import Synchronization

/// Makes the snapshot.
///
/// ``prepare(_:_:)`` belongs before the lock; then only one lvcreate runs under it.
package final class SnapshotStep: StepProvider {
    package let name = "lvm"
    private let tools: LVMTools
    private let planner: SnapshotPlanner
    private let usesShell: Bool
    private let prepared = Mutex<Prepared?>(nil)

    private struct Prepared {
        var plan: SnapshotPlan
        var shell: PreparedShell?
        var lock: RunLock?
        var mounts: DataMounts?
        var moment: SnapshotMoment?
    }

    /// - Parameter usesShell: whether `lvm` is started before the lock, so that only its command runs under it.
    package init(
        tools: LVMTools = LVMTools(),
        planner: SnapshotPlanner = SnapshotPlanner(),
        usesShell: Bool = true
    ) {
        self.tools = tools
        self.planner = planner
        self.usesShell = usesShell
    }

    /// Settles name and size, and refuses those that cannot work.
    ///
    /// - Parameter lock: the run's own on the volume.
    /// - Throws: ``LVMError``; the error of a filter of the size.
    package func prepare(_ run: Run, _ volume: Volume, lock: RunLock? = nil) async throws {
        let mounts = try await mounts(of: run.server)
        let plan = try await planner.plan(run, volume, identity: try Identity.current(), tools: tools)
        let allowsShell = try await SnapshotTrial(tools: tools, plan: plan, device: volume.device).check(run)
        // Without a shell lvcreate is run the ordinary way.
        let shell = usesShell && !run.isDryRun && allowsShell ? try? await PreparedShell() : nil
        if let shell { run.undoAtEnd(Release("lvm shell", deadline: .seconds(10), handler: shell.end)) }
        let moment = SnapshotMoment(of: plan)
        prepared.withLock { $0 = Prepared(plan: plan, shell: shell, lock: lock, mounts: mounts, moment: moment) }
    }

    /// Nil for a server whose process is not known.
    private func mounts(of server: Server?) async throws -> DataMounts? {
        guard let server, server.process != nil else { return nil }
        return try await SerialThread.looking(name: "mounts") {
            let locator = try DataLocator(server)
            return try DataMounts(locator, on: locator.datadir().mount.device)
        }
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let plan = try await settled(run) else { return [] }
        return [(["lvcreate"] + plan.arguments).map(quotedForShell).joined(separator: " ")]
    }

    /// - Throws: ``LVMError/creationFailed(snapshot:reason:)``, `StorageError.mountsChanged`; traces are removed after
    ///   the unlock.
    package func provide(_ run: Run) async throws -> Provision<Snapshot> {
        guard let plan = try await settled(run) else { return .declined("no volume is known") }
        run.undoAtEnd(lastLook(plan, run))
        do {
            let seconds = try await unlockingEarly(run) { try await create(plan) }
            try await Faults.pass("step/snapshot", .middle)
            // The table alone is read: looking at files could wait under the lock.
            try prepared.withLock { try $0?.mounts?.check() }
            return .result(snapshot(run, plan, seconds: seconds))
        } catch {
            run.undo(cleanUp(after: plan, run))
            if case StorageError.mountsChanged = error { throw error }
            throw LVMError.creationFailed(snapshot: plan.fullName, reason: Self.reason(error))
        }
    }

    /// The output of lvcreate, without its long list of words.
    ///
    /// After a kill it is incomplete.
    static func reason(_ error: any Error) -> String {
        switch error {
        case HostError.commandFailed(_, .signalled(let signal), let reason):
            "lvcreate \(CommandResult.Status.signalled(signal))" + (reason.isEmpty ? "" : ": \(reason)")
        case HostError.commandFailed(_, let status, let reason):
            reason.isEmpty ? "lvcreate \(status)" : reason
        case HostError.commandTimedOut(_, let limit): "lvcreate did not end within \(limit.components.seconds) s"
        default: Failure(error).message
        }
    }

    /// Lets the engine unlock as soon as the snapshot shows its moment, while lvcreate is still at work.
    private func unlockingEarly(_ run: Run, _ create: () async throws -> Double) async throws -> Double {
        guard let moment = prepared.withLock({ $0?.moment }) else { return try await create() }
        let watch = Task {
            try await SerialThread.once(name: "snapshot") {
                try moment.wait { usleep(2000) }
                run.snapshotMomentPassed()
            }
        }
        // Where the kernel does not answer any more, lvcreate's end tells.
        defer { watch.cancel() }
        return try await create()
    }

    /// - Returns: the seconds that it took.
    private func create(_ plan: SnapshotPlan) async throws -> Double {
        let shell = prepared.withLock { prepared in
            defer { prepared?.shell = nil }
            return prepared?.shell
        }
        let result =
            if let shell, shell.isWaiting { try await shell.create(plan.name, plan.arguments) } else {
                try await tools.run(
                    "lvcreate",
                    plan.arguments,
                    configuration: LVMConfiguration.activating(in: plan.group)
                )
            }
        return result.duration.inSeconds
    }

    /// Nil where no volume is known.
    ///
    /// Prepares the plan where that was not done.
    private func settled(_ run: Run) async throws -> SnapshotPlan? {
        if let plan = prepared.withLock({ $0?.plan }), plan.tags.run == run.id { return plan }
        guard let volume = run.location?.volume else { return nil }
        try await prepare(run, volume)
        return prepared.withLock { $0?.plan }
    }

    private func snapshot(_ run: Run, _ plan: SnapshotPlan, seconds: Double) -> Snapshot {
        let selection = RunTags.selection(run: plan.tags.run)
        // Once kept it is not active any more, but still the run's own.
        let any = "lv_tags={lvmbackup_run=\(plan.tags.run)}"
        let health = SnapshotHealth(tools: tools, selection: any, name: plan.fullName)
        let watch = SnapshotWatch(health: health, tools: tools, autoextend: planner.autoextend, plan: plan)
        let removal = removal(of: plan, run)
        return Snapshot(
            name: plan.fullName,
            device: plan.device,
            // Found out when it is mounted: looking for it takes time, and the lock is still held.
            uuid: "",
            isInPool: plan.isThin,
            creationSeconds: seconds,
            check: { [weak run] in
                let found = try await health.check()
                run?.identify(snapshotUUID: found.uuid)
            },
            usage: { [weak run] in
                guard let run else { return nil }
                return try await watch.look(run)
            },
            keep: { [tools] in try await Self.keep(plan, selection, tools) },
            release: Release(
                "snapshot \"\(plan.fullName)\"",
                undo: .exec(SnapshotRemoval.command(any)),
                handler: { try await removal.remove(any) },
                fallback: { try await removal.remove(any, patience: false) }
            )
        )
    }

    /// Turns the snapshot into a kept one, which no run removes, in one command.
    private static func keep(_ plan: SnapshotPlan, _ selection: String, _ tools: LVMTools) async throws {
        let change = ["--addtag", RunTags.kept, "--deltag", RunTags.active, "-S", selection]
        try await tools.run("lvchange", change)
        let kept = try await tools.volumes(where: "lv_tags={\(RunTags.kept) && lvmbackup_run=\(plan.tags.run)}")
        guard kept.contains(where: { !$0.tags.contains(RunTags.active) }) else {
            throw LVMError.notKept(plan.fullName)
        }
    }

    /// The possible remains of a failed lvcreate: half a snapshot, or devices that it did not resume.
    private func cleanUp(after plan: SnapshotPlan, _ run: Run) -> Release {
        let selection = RunTags.selection(run: plan.tags.run)
        return Release(
            "traces of snapshot \"\(plan.fullName)\"",
            undo: .exec(SnapshotRemoval.command(selection)),
            handler: { [tools, removal = removal(of: plan, run)] in
                let suspension = Suspension(tools: tools, table: ProcessTable())
                let resumed = try await suspension.resume(EndangeredVolumes(plan))
                if !resumed.isEmpty {
                    run.warn("lvcreate left suspended, now resumed: \(resumed.joined(separator: ", "))")
                }
                try await removal.remove(selection)
            }
        )
    }

    /// Checks that the origin can be written to again, also where the run's LVM commands reported success.
    ///
    /// lvremove in its command form succeeds without an act where the snapshot is gone and the origin was left
    /// suspended.
    private func lastLook(_ plan: SnapshotPlan, _ run: Run) -> Release {
        let lock = prepared.withLock { $0?.lock }
        let name = "origin \"\(plan.group)/\(plan.origin)\""
        return Release(name, repair: "lvmbackup cleanup") { [tools] in
            do {
                let resumed = try await Suspension(tools: tools, table: ProcessTable()).resume(EndangeredVolumes(plan))
                if !resumed.isEmpty { run.warn("left suspended, now resumed: \(resumed.joined(separator: ", "))") }
            } catch {
                lock?.markStale()
                throw error
            }
        }
    }

    private func removal(of plan: SnapshotPlan, _ run: Run) -> SnapshotRemoval {
        SnapshotRemoval(tools: tools, endangered: EndangeredVolumes(plan)) { [weak run] resumed in
            run?.warn("lvremove left suspended, now resumed: \(resumed.joined(separator: ", "))")
        }
    }
}
