import Host
import Lifecycle

/// Decides which of lvmbackup's things may be removed: those of a provably stale run of this machine, if no process
/// holds the run lock.
struct Removability: Sendable {
    let identity: Identity
    let lockDirectory: String
    let recordDirectory: String

    func finding(_ volume: OwnedVolume) throws -> StaleRunCleanup.Finding {
        StaleRunCleanup.Finding(
            // A restore's new volume is its own origin.
            name: "\(volume.owner?.origin == volume.name ? "volume" : "snapshot") \"\(volume.name)\"",
            run: volume.owner?.run,
            reason: try reasonToStay(volume),
            command: volume.removal.map(quotedForShell).joined(separator: " "),
            thing: .volume(volume)
        )
    }

    private func reasonToStay(_ volume: OwnedVolume) throws -> StaleRunCleanup.Reason? {
        guard volume.isActive || volume.isKept else {
            return StaleRunCleanup.Reason("it is not marked as a run's own", isUnclear: true)
        }
        guard let owner = volume.owner else {
            return StaleRunCleanup.Reason("its tags do not name its run", isUnclear: true)
        }
        let reason = try reasonToLive(owner.identity)
        if volume.isActive, let reason { return reason }
        // Only of a stale run: a living run may publish its set at any moment.
        guard try volume.isActive || (reason == nil && isUnfinished(owner.run)) else {
            return StaleRunCleanup.Reason("it was kept on purpose (--snapshot-only)")
        }
        return try RunLock.isFree(owner.origin, directory: lockDirectory)
            ? nil : Self.activeRun(on: owner.origin)
    }

    /// Whether the run's set was never published: then its kept snapshot belongs to no set.
    func isUnfinished(_ run: String) throws -> Bool {
        try RunRecord.all(in: recordDirectory).contains { $0.run == run && $0.hasUnpublishedSet }
    }

    func finding(_ record: RunRecord.Found, beside volumes: [OwnedVolume]) throws -> StaleRunCleanup.Finding {
        let origins = volumes.compactMap(\.owner).filter { $0.run == record.run }.map(\.origin)
        // Its guardian may still be at it, also where the snapshot is gone, or was never made.
        let locked = try RunLock.names(heldBy: record.run, in: lockDirectory)
        let busy = try (origins + locked).first { try !RunLock.isFree($0, directory: lockDirectory) }
        let reason = try reasonToLive(record.identity) ?? busy.map(Self.activeRun)
        return StaleRunCleanup.Finding(
            name: "record of run \(record.run)",
            run: record.run,
            reason: reason,
            command: "lvmbackup cleanup",
            thing: .record(record)
        )
    }

    static func activeRun(on origin: String) -> StaleRunCleanup.Reason {
        StaleRunCleanup.Reason("a run on \"\(origin)\" is active")
    }

    private func reasonToLive(_ owner: Identity) throws -> StaleRunCleanup.Reason? {
        if try owner.isProvablyDead(seenFrom: identity) { return nil }
        if owner.machine != identity.machine {
            let isUnclear = [owner.machine, identity.machine].contains(Identity.unknownMachine)
            return StaleRunCleanup.Reason("it belongs to another machine (\"\(owner.host)\")", isUnclear: isUnclear)
        }
        if owner.boot != identity.boot {
            return StaleRunCleanup.Reason("this machine has no /etc/machine-id", isUnclear: true)
        }
        if owner.pidNamespace != identity.pidNamespace {
            return StaleRunCleanup.Reason("its run was in another pid namespace", isUnclear: true)
        }
        return StaleRunCleanup.Reason("its run is still active (process \(owner.pid))")
    }
}
