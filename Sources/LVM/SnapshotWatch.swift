import Host
import Lifecycle
import Synchronization

/// Checks a snapshot while it is read: enlarges it where that is possible, and abandons it before it is too late.
///
/// A full thick snapshot is lost, and production goes on; a full thin pool stops every volume in it.
final class SnapshotWatch: Sendable {
    private let health: SnapshotHealth
    private let tools: LVMTools
    private let autoextend: AutoextendPolicy
    private let plan: SnapshotPlan
    private let state = Mutex(State())

    private struct State {
        var lastShare = 0.0
        var hasWarned = false
        /// Devices that an lvextend left suspended and that could not be resumed yet.
        var isFrozen = false
    }

    /// A thick snapshot that cannot be enlarged and still fills is abandoned at this share.
    static let thickLimit = 0.97
    /// A snapshot in a pool that has become this full is abandoned, so that its space is freed.
    static let poolLimit = 0.95

    init(health: SnapshotHealth, tools: LVMTools, autoextend: AutoextendPolicy, plan: SnapshotPlan) {
        self.health = health
        self.tools = tools
        self.autoextend = autoextend
        self.plan = plan
    }

    /// How full the exception store, or the fuller of the pool's data and metadata is, 0…1.
    ///
    /// - Throws: `SnapshotLost`; other errors where it could not be found out.
    func look(_ run: Run) async throws -> Double? {
        if self.state.withLock({ $0.isFrozen }) { await resume(run) }
        let state = try await readState()
        guard let share = state.share else { return nil }
        if state.snapshot.isThin {
            if share >= Self.poolLimit { throw SnapshotLost(state.fullPool) }
        } else if let threshold = autoextend.threshold, share >= threshold {
            // The end of the watch does not reach it: a device that an interrupted lvextend leaves suspended has to be
            // resumed.
            try await Task.detached { [self] in try await makeRoom(state.snapshot, share, run) }.value
        } else if share >= Self.thickLimit {
            try giveUp(state.snapshot, share, reason: "it is not to be enlarged")
        }
        self.state.withLock { $0.lastShare = share }
        return share
    }

    private func readState() async throws -> SnapshotHealth.State {
        do {
            let state = try await health.state()
            try state.check()
            return state
        } catch let error as LVMError {
            switch error {
            case .snapshotGone, .snapshotFull, .snapshotInvalid, .poolNearlyFull: throw SnapshotLost(error)
            default: throw error
            }
        }
    }

    /// Doubles the exception store, as far as group and maximum allow.
    private func makeRoom(_ snapshot: LogicalVolume, _ share: Double, _ run: Run) async throws {
        let group = try await tools.group(snapshot.group)
        let size = snapshot.size / group.extentSize
        let wanted = min(size * 2, plan.maximumExtents ?? size, size + group.freeExtents)
        guard wanted > size else {
            let isAtMaximum = size >= plan.maximumExtents ?? size
            let reason = isAtMaximum ? "it is as large as it may become" : "its group has nothing free"
            return try complain(snapshot, share, reason, run)
        }
        do {
            // By its present name: it may have been renamed.
            try await tools.run("lvextend", ["-y", "-l", "\(wanted)", snapshot.fullName])
        } catch {
            await resume(run)
            return try complain(snapshot, share, "lvextend: \(Failure(error).message)", run)
        }
        run.note(
            "snapshot \"\(snapshot.fullName)\" was \((share * 100).rounded().formatted) % full: enlarged "
                + "from \(snapshot.size >> 20) to \(wanted * group.extentSize >> 20) MiB",
            level: .notice
        )
    }

    /// Resumes the devices that an lvextend left suspended.
    ///
    /// Where that fails it is tried again at the next check; at the run's end it is a leak.
    private func resume(_ run: Run) async {
        do {
            let resumed = try await Suspension(tools: tools, table: ProcessTable()).resume(EndangeredVolumes(plan))
            if !resumed.isEmpty {
                run.warn("lvextend left suspended, now resumed: \(resumed.joined(separator: ", "))")
            }
            state.withLock { $0.isFrozen = false }
        } catch {
            let failure = Failure(error)
            let isFirst = state.withLock { state in
                defer { state.isFrozen = true }
                return !state.isFrozen
            }
            if isFirst { run.warn("lvextend: \(failure.message)\(failure.advice.map { "; \($0)" } ?? "")") }
        }
    }

    private func complain(_ snapshot: LogicalVolume, _ share: Double, _ reason: String, _ run: Run) throws {
        let isFirst = state.withLock { state in
            defer { state.hasWarned = true }
            return !state.hasWarned
        }
        if isFirst {
            let percent = (share * 100).rounded().formatted
            run.warn("snapshot \"\(snapshot.fullName)\" is \(percent) % full and cannot be enlarged: \(reason)")
        }
        if share >= Self.thickLimit { try giveUp(snapshot, share, reason: reason) }
    }

    /// A snapshot that does not fill any further may still suffice.
    private func giveUp(_ snapshot: LogicalVolume, _ share: Double, reason: String) throws {
        guard share > state.withLock({ $0.lastShare }) else { return }
        throw SnapshotLost(LVMError.snapshotFilling(snapshot.fullName, percent: share * 100, reason: reason))
    }
}
