package import Host

/// The snapshots that runs of this host left as their backups.
package struct KeptSnapshots: Sendable {
    private let tools: LVMTools
    private let here: Identity

    /// - Parameter here: this process.
    package init(tools: LVMTools = LVMTools(), here: Identity) {
        self.tools = tools
        self.here = here
    }

    private static let selection = "lv_tags={\(RunTags.ours)}"

    /// The states of snapshots, in their order.
    ///
    /// - Throws: ``LVMError``, `HostError` where LVM cannot be asked.
    package func states(of wanted: [KeptSnapshot]) async throws -> [KeptSnapshot.State] {
        guard !wanted.isEmpty else { return [] }
        let volumes = try await tools.volumesWithHidden(where: Self.selection)
        var foreign: [LogicalVolume] = []
        if wanted.contains(where: { $0.volume(among: volumes) == nil }) {
            foreign = try await tools.volumesWithHidden(where: Self.selection, foreign: true)
        }
        return wanted.map { $0.state(among: volumes, foreign: foreign, on: here) }
    }

    /// The volume of a valid snapshot, and the pool of a thin one.
    ///
    /// - Throws: ``LVMError/unusableKept(_:_:)`` for one that is not valid, or not of this host; ``LVMError``, `HostError`.
    func find(_ wanted: KeptSnapshot) async throws -> SnapshotHealth.State {
        let volumes = try await tools.volumesWithHidden(where: Self.selection)
        var foreign: [LogicalVolume] = []
        if wanted.volume(among: volumes) == nil {
            foreign = try await tools.volumesWithHidden(where: Self.selection, foreign: true)
        }
        let state = wanted.state(among: volumes, foreign: foreign, on: here)
        guard state == .valid, let volume = wanted.volume(among: volumes) else {
            throw LVMError.unusableKept(wanted.name, state)
        }
        guard volume.isThin else { return SnapshotHealth.State(snapshot: volume) }
        let pool = try await tools.volume(named: "\(volume.group)/\(volume.pool)")
        do { try SnapshotHealth.checkThin(volume, pool: pool) } catch LVMError.snapshotInvalid(_, let reason) {
            throw LVMError.unusableKept(wanted.name, .invalid(reason))
        }
        return SnapshotHealth.State(snapshot: volume, pool: pool)
    }
}
