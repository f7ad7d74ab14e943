/// Whether a snapshot still is what it was when it was taken.
struct SnapshotHealth: Sendable {
    let tools: LVMTools
    let selection: String
    /// For messages.
    let name: String

    /// - Returns: the snapshot.
    /// - Throws: ``LVMError`` naming what made the snapshot worthless.
    func check() async throws -> LogicalVolume {
        let snapshot = try await snapshot()
        if snapshot.isThin {
            try Self.checkThin(snapshot, pool: try await pool(of: snapshot))
        } else {
            try Self.checkThick(snapshot)
        }
        return snapshot
    }

    /// How full the exception store, or the fuller of the pool's data and metadata is, 0…1.
    func usage() async throws -> Double? {
        let snapshot = try await snapshot()
        guard snapshot.isThin else { return snapshot.dataPercent.map { $0 / 100 } }
        let pool = try await pool(of: snapshot)
        return [pool.dataPercent, pool.metadataPercent].compactMap(\.self).max().map { $0 / 100 }
    }

    static func checkThick(_ snapshot: LogicalVolume) throws {
        // An invalid or suspended invalid snapshot, or one whose merge failed.
        if snapshot.isSnapshotInvalid || "IS".contains(snapshot.letter(4)) || (snapshot.dataPercent ?? 0) >= 100 {
            throw LVMError.snapshotFull(snapshot.fullName)
        }
        if "mM".contains(snapshot.letter(4)) {
            throw LVMError.snapshotInvalid(snapshot.fullName, reason: "it is being merged")
        }
    }

    static func checkThin(_ snapshot: LogicalVolume, pool: LogicalVolume) throws {
        for volume in [snapshot, pool] {
            if let reason = healthProblem(volume.letter(8)) {
                throw LVMError.snapshotInvalid(snapshot.fullName, reason: "\"\(volume.fullName)\" \(reason)")
            }
        }
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

    private func snapshot() async throws -> LogicalVolume {
        guard let snapshot = try await tools.volumes(where: selection).first else { throw LVMError.snapshotGone(name) }
        return snapshot
    }

    private func pool(of snapshot: LogicalVolume) async throws -> LogicalVolume {
        try await tools.volume(named: "\(snapshot.group)/\(snapshot.pool)")
    }
}
