import Host
import Lifecycle

/// Origins of stale runs: runs that died while they had the run lock.
///
/// A command of the storage that died with its run may have left the volume suspended, and no snapshot by which it could
/// be found. LVM suspends an origin before the snapshot exists, and resumes it when the snapshot does not exist any more.
struct SuspendedOrigins: Sendable {
    let volumes: any OwnedVolumes
    let lockDirectory: String

    /// Resumes those of every stale run.
    ///
    /// They stay listed until they are settled: a cleanup of their snapshots may die, too.
    ///
    /// - Returns: the runs whose volumes are in order, by the names of the locks.
    /// - Throws: `HostError` where the search failed. A device that cannot be resumed is in the report, and is tried
    ///   again next time.
    func resume(isDryRun: Bool, _ report: inout StaleRunCleanup.Report) async throws -> [String: String] {
        var found = report
        defer { report = found }
        var looked: [String: String] = [:]
        try await RunLock.forEachStale(in: lockDirectory) { lock in
            if await resume(lock.name, isDryRun: isDryRun, &found) { looked[lock.name] = lock.owner.run }
        }
        return looked
    }

    /// Resumes those of one run, for its guardian.
    ///
    /// - Returns: the names of the locks whose volumes are in order.
    func resume(run: String, _ report: inout StaleRunCleanup.Report) async throws -> [String] {
        var looked: [String] = []
        for name in try RunLock.names(heldBy: run, in: lockDirectory)
        where await resume(name, isDryRun: false, &report) {
            looked.append(name)
        }
        return looked
    }

    /// Resumes devices that were suspended since, and forgets volumes that are in order, unless something else is left:
    /// its removal may suspend the origin again.
    ///
    /// - Parameter looked: the result of a first look. A run that died since then is left for the next cleanup.
    func settle(_ looked: [String: String], _ report: inout StaleRunCleanup.Report) async {
        let hasLeaks = !report.leaked.isEmpty
        var found = report
        do {
            try await RunLock.forEachStale(in: lockDirectory) { lock in
                guard looked[lock.name] == lock.owner.run else { return }
                if await resume(lock.name, isDryRun: false, &found), !hasLeaks { lock.release() }
            }
        } catch {
            found.leaked.append(unsettled(lockDirectory, error))
        }
        report = found
    }

    /// The same for one run, for its guardian.
    func settle(_ looked: [String], of run: String, _ report: inout StaleRunCleanup.Report) async {
        let hasLeaks = !report.leaked.isEmpty
        for name in looked where await resume(name, isDryRun: false, &report) && !hasLeaks {
            do { try RunLock.clear(name, of: run, in: lockDirectory) } catch {
                report.leaked.append(unsettled(name, error))
            }
        }
    }

    /// The report still has to name the removed things.
    private func unsettled(_ thing: String, _ error: any Error) -> Leak {
        Leak(name: "run lock \"\(thing)\"", reason: Failure(error).message, repair: "lvmbackup cleanup")
    }

    /// Whether nothing of the volume is suspended any more.
    func resume(_ name: String, isDryRun: Bool, _ report: inout StaleRunCleanup.Report) async -> Bool {
        do {
            let devices = try await volumes.resume(name, isDryRun: isDryRun)
            report.resumed += devices.filter { !report.resumed.contains($0) }
            return true
        } catch {
            let repair = (error as? any RepairableError)?.repair ?? "lvmbackup cleanup"
            report.leaked.append(Leak(name: "volume \"\(name)\"", reason: Failure(error).message, repair: repair))
            return false
        }
    }
}
