internal import Faults
import Host
import Lifecycle
import Storage

/// Makes the run safe before anything blocks writers, alike for every provider of `locate`.
///
/// It takes the volume's run lock, starts the guardian, and settles the snapshot to be made. No hook can replace it.
struct PrepareStep: StepProvider {
    let name = "prepare"
    let configuration: Configuration
    /// Nil: the next run cleans up after a killed process.
    let guardian: GuardianLauncher?
    let storage: any SnapshotStorage

    func plan(_ run: Run) async throws -> [String] { [] }

    /// - Throws: `StorageError`, the storage's own error, `HostError`, ``SettingsError``.
    func provide(_ run: Run) async throws -> Provision<Void> {
        guard let location = run.location else { return .declined("no volume is known") }
        let volume = location.volume
        if !configuration.snapshotOnly, !run.isReplaced(.archive) {
            try await LivePatterns(configuration.exclude, location).check()
        }
        let lock = try await takeLock(volume, run)
        try await DestinationCheck(configuration.destination).check(run, volume)
        if !run.isDryRun { try await startGuardian(run, lock) }
        try await storage.prepare(run, volume, lock: lock)
        try await Faults.pass("step/prepare", .middle)
        return .done
    }

    private func startGuardian(_ run: Run, _ lock: RunLock) async throws {
        guard let guardian else {
            return run.note("no guardian: if this process is killed, the next run cleans up", level: .debug)
        }
        try await guardian.watch(run, configuration, lock: lock)
    }

    private func takeLock(_ volume: Volume, _ run: Run) async throws -> RunLock {
        let owner = RunLock.Owner(run: run.id, pid: try Identity.current().pid, since: run.started)
        let lock = try await VolumeLock.take(volume.fullName, owner: owner, directory: configuration.runDirectory)
        // A dry run changes nothing: it only finds out whether another run has the volume, and defers none.
        guard !run.isDryRun else {
            lock.release()
            return lock
        }
        run.undoAtEnd(Release("run lock of \"\(volume.fullName)\"", handler: { lock.release() }))
        return lock
    }
}
