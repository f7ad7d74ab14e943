/// Checks whether a snapshot is still valid.
struct SnapshotHealth: Sendable {
    let tools: LVMTools
    let selection: String
    /// For messages.
    let name: String

    /// - Returns: the snapshot.
    /// - Throws: ``LVMError`` with the reason why the snapshot is not valid.
    func check() async throws -> LogicalVolume {
        let state = try await state()
        try state.check()
        return state.snapshot
    }

    /// A snapshot, and the pool that a thin one is in, as they are now.
    struct State: Sendable {
        var snapshot: LogicalVolume
        var pool: LogicalVolume?

        /// - Throws: ``LVMError`` with the reason why the snapshot is not valid.
        func check() throws {
            if let pool {
                try SnapshotHealth.checkThin(snapshot, pool: pool)
            } else {
                try SnapshotHealth.checkThick(snapshot)
            }
        }

        /// How full the exception store, or the fuller of the pool's data and metadata is, 0…1.
        var share: Double? { fullest(pool ?? snapshot).map { $0.percent / 100 } }

        /// The message about a pool that is too full.
        var fullPool: LVMError {
            let pool = pool ?? snapshot
            let full = fullest(pool)
            return .poolNearlyFull(pool: pool.fullName, what: full?.what ?? "data", percent: full?.percent ?? 100)
        }

        private func fullest(_ volume: LogicalVolume) -> (what: String, percent: Double)? {
            [("data", volume.dataPercent), ("metadata", volume.metadataPercent)]
                .compactMap { what, percent in percent.map { (what, $0) } }
                .max { $0.1 < $1.1 }
        }
    }

    /// - Throws: ``LVMError/snapshotGone(_:)``.
    func state() async throws -> State {
        let found = try await tools.volumes(where: selection).first
        guard let snapshot = found else { throw LVMError.snapshotGone(name) }
        guard snapshot.isThin else { return State(snapshot: snapshot) }
        return State(snapshot: snapshot, pool: try await tools.volume(named: "\(snapshot.group)/\(snapshot.pool)"))
    }

    static func checkThick(_ snapshot: LogicalVolume) throws(LVMError) {
        // An invalid or suspended invalid snapshot, or one whose merge failed.
        if snapshot.isSnapshotInvalid || "IS".contains(snapshot.letter(4)) || (snapshot.dataPercent ?? 0) >= 100 {
            throw LVMError.snapshotFull(snapshot.fullName)
        }
        if "mM".contains(snapshot.letter(4)) {
            throw LVMError.snapshotInvalid(snapshot.fullName, reason: "it is being merged")
        }
    }

    /// - Parameter pool: nil where it was not asked for.
    static func checkThin(_ snapshot: LogicalVolume, pool: LogicalVolume? = nil) throws(LVMError) {
        for volume in [snapshot, pool].compactMap(\.self) {
            if let reason = healthProblem(volume.letter(8)) {
                throw LVMError.snapshotInvalid(snapshot.fullName, reason: "\"\(volume.fullName)\" \(reason)")
            }
        }
        guard let pool else { return }
        for (what, percent) in [("data", pool.dataPercent), ("metadata", pool.metadataPercent)] {
            guard let percent, percent >= 100 else { continue }
            throw LVMError.poolNearlyFull(pool: pool.fullName, what: what, percent: percent)
        }
    }

    /// The ninth letter of `lv_attr`, as lvs(8) has it for thin volumes and pools.
    private static func healthProblem(_ letter: Character) -> String? {
        switch letter {
        case "F": "has failed"
        case "D": "is out of data space"
        case "M": "has read-only metadata"
        case "X": "is in an unknown state"
        case "p": "misses a physical volume"
        default: nil
        }
    }
}
