import FoundationEssentials
import Host
import Lifecycle
import Storage

/// A writable thin snapshot of a kept one, which stays as it is.
///
/// It carries the tags of its own run.
struct SnapshotClone: Sendable {
    let tools: LVMTools
    let plan: SnapshotPlan
    private let lockDirectory: String

    /// Nothing is made yet.
    ///
    /// - Parameters:
    ///   - kept: a valid thin snapshot, and its pool.
    ///   - identity: this process.
    /// - Throws: ``LVMError/poolWithoutRoom(pool:what:percent:limit:rule:)``.
    init(
        of kept: SnapshotHealth.State,
        run: String,
        tools: LVMTools,
        identity: Identity,
        lockDirectory: String
    ) throws {
        let snapshot = kept.snapshot
        // lvcreate knows the limit that lvm.conf sets.
        if let pool = kept.pool { try ThinPoolCheck(pool: pool, autoextendThreshold: nil).check() }
        self.tools = tools
        self.lockDirectory = lockDirectory
        plan = SnapshotPlan(
            group: snapshot.group,
            origin: snapshot.name,
            name: try VolumeName("lvmbackup_open_\(run)", group: snapshot.group, isThin: true).text,
            pool: snapshot.pool,
            tags: RunTags(run: run, identity: identity, origin: snapshot.fullName)
        )
    }

    private var selection: String { RunTags.selection(run: plan.tags.run) }

    /// To be registered before it is made.
    var release: Release {
        let removal = SnapshotRemoval(tools: tools, endangered: EndangeredVolumes(plan)) { _ in }
        return Release(
            "snapshot \"\(plan.fullName)\"",
            undo: .exec(SnapshotRemoval.command(selection)),
            handler: { [selection] in try await removal.remove(selection) },
            fallback: { [selection] in try await removal.remove(selection, patience: false) }
        )
    }

    /// Makes and activates it, and waits for its node.
    ///
    /// The lock of the kept snapshot is held meanwhile: should this process die with its lvcreate, the lock tells the next
    /// command to look for suspended devices.
    ///
    /// - Throws: ``LVMError``, `HostError`, `CancellationError`.
    func make() async throws {
        let owner = RunLock.Owner(run: plan.tags.run, pid: plan.tags.identity.pid, since: Date().timeIntervalSince1970)
        let lock = try await VolumeLock.take(
            plan.tags.origin,
            owner: owner,
            directory: lockDirectory,
            patience: .seconds(60)
        )
        defer { lock.release() }
        do {
            var command = LVMTools.command(
                "lvcreate",
                ["-ay", "-K"] + plan.arguments,
                configuration: LVMConfiguration.activating(in: plan.group)
            )
            // The mark lets the cleanup of this run wait for the command.
            command.environment = RunProcesses.mark(plan.tags.run)
            try await tools.commands.checked(command)
        } catch {
            do {
                _ = try await Suspension(tools: tools, table: ProcessTable()).resume(EndangeredVolumes(plan))
            } catch {
                lock.markStale()
                throw error
            }
            throw LVMError.creationFailed(snapshot: plan.fullName, reason: SnapshotStep.reason(error))
        }
        try await tools.awaitNode(plan.device, of: plan.fullName)
    }
}
