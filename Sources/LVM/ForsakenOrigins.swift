import Host
import Lifecycle

/// Volumes whose runs died while they had the run lock.
///
/// An LVM command that died with its run may have left the volume suspended, and no snapshot by which it could be
/// found: lvcreate suspends before the snapshot exists, lvremove resumes when it does not exist any more.
struct ForsakenOrigins: Sendable {
    let tools: LVMTools
    let lockDirectory: String

    /// Resumes those of every dead run.
    ///
    /// - Throws: `HostError` where looking failed; what can't be resumed is in the report, and is tried again next time.
    func resume(isDryRun: Bool, _ report: inout Reaper.Report) async throws {
        var found = report
        defer { report = found }
        try await RunLock.forEachForsaken(in: lockDirectory) { lock in
            if await resume(lock.name, isDryRun: isDryRun, &found), !isDryRun { lock.release() }
        }
    }

    /// Resumes those of one run, for its guardian.
    func resume(run: String, _ report: inout Reaper.Report) async throws {
        for name in try RunLock.names(heldBy: run, in: lockDirectory) {
            _ = await resume(name, isDryRun: false, &report)
        }
    }

    /// To be called when nothing of the run is left.
    func settle(run: String) throws {
        for name in try RunLock.names(heldBy: run, in: lockDirectory) {
            try RunLock.clear(name, of: run, in: lockDirectory)
        }
    }

    /// Whether nothing of the volume is suspended any more.
    private func resume(_ name: String, isDryRun: Bool, _ report: inout Reaper.Report) async -> Bool {
        do {
            // Somebody else's, such as a subvolume of btrfs: not LVM's to resume.
            guard let origin = try await volume(name) else { return true }
            let endangered = EndangeredVolumes(origin: origin)
            let suspension = Suspension(tools: tools, table: ProcessTable())
            report.resumed +=
                try await isDryRun ? suspension.devices(of: endangered) : suspension.resume(endangered)
            return true
        } catch {
            let repair = (error as? LVMError)?.repair ?? "lvmbackup cleanup"
            report.leaked.append(Leak(name: "volume \"\(name)\"", reason: Failure(error).message, repair: repair))
            return false
        }
    }

    private func volume(_ name: String) async throws -> LogicalVolume? {
        do { return try await tools.volume(named: name) } catch LVMError.noSuchVolume, LVMError.notInstalled {
            return nil
        }
    }
}
