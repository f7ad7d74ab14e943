package import Host
package import Lifecycle
package import Storage

/// Logical volumes, and their snapshots.
package struct LVMStorage: SnapshotStorage {
    package let locate: any StepProvider<Location>
    package let volumes: any OwnedVolumes
    package let needsRoot = true
    private let snapshotStep: SnapshotStep
    private let mountStep: MountStep
    private let size: String

    /// - Parameters:
    ///   - logicalVolume: where the operator says that the data is; nil: where it is found.
    ///   - mountDirectory: where the operator wants the mount point; nil: in the run's own directory.
    package init(
        tools: LVMTools = LVMTools(),
        planner: SnapshotPlanner = SnapshotPlanner(),
        logicalVolume: String? = nil,
        mountDirectory: String? = nil,
        usesShell: Bool = true
    ) {
        locate = LocateStep(tools: tools, logicalVolume: logicalVolume)
        volumes = TaggedVolumes(tools)
        snapshotStep = SnapshotStep(tools: tools, planner: planner, usesShell: usesShell)
        mountStep = MountStep(tools: tools, parent: mountDirectory)
        size = planner.size
    }

    package var snapshot: any StepProvider<Snapshot> { snapshotStep }
    package var mount: any StepProvider<Mount> { mountStep }

    /// - Throws: ``LVMError``, `StorageError`, `HostError`; the error of a filter of the size.
    package func prepare(_ run: Run, _ volume: Volume, lock: RunLock) async throws {
        if !run.isReplaced(.mount) { try await mountStep.check(origin: volume) }
        if volume.pool != nil, !size.isEmpty {
            run.warn(
                "\"snapshot-size\" is without effect: \"\(volume.fullName)\" is thin, and its snapshots have no size"
            )
        }
        if !run.isReplaced(.snapshot) { try await snapshotStep.prepare(run, volume, lock: lock) }
    }
}
