import FoundationEssentials
package import Host
package import Lifecycle
import Synchronization

/// Removes the remains of provably stale runs on this machine, and leaves everything else.
package struct StaleRunCleanup: Sendable {
    /// The result of a cleanup.
    package struct Report: Sendable {
        /// Names of what was removed, or would be in a dry run.
        package var removed: [String] = []
        /// Devices that an LVM command with a sudden end had left suspended.
        package var resumed: [String] = []
        /// Things that are kept on purpose.
        package var untouched: [Finding] = []
        /// Things that could not be removed.
        package var leaked: [Leak] = []
    }

    private let volumes: any OwnedVolumes
    private let identity: Identity
    private let lockDirectory: String
    private let recordDirectory: String
    private let undo: @Sendable (RecordedUndo) async throws -> Void
    private let statementCommand: @Sendable (String) -> String

    /// - Parameters:
    ///   - volumes: those of the storage.
    ///   - identity: the identity of this process.
    ///   - undo: runs the undo of a stale run's record; it checks the entry's condition first.
    ///   - statementCommand: how an operator sends a statement to the server from a shell.
    package init(
        _ volumes: any OwnedVolumes,
        identity: Identity,
        lockDirectory: String = RunLock.directory,
        recordDirectory: String = RunRecord.directory,
        undo: @escaping @Sendable (RecordedUndo) async throws -> Void,
        statementCommand: @escaping @Sendable (String) -> String = quotedForShell
    ) {
        self.volumes = volumes
        self.identity = identity
        self.lockDirectory = lockDirectory
        self.recordDirectory = recordDirectory
        self.undo = undo
        self.statementCommand = statementCommand
    }

    /// Everything of lvmbackup's on this machine, with the decision about it.
    ///
    /// Changes nothing.
    ///
    /// - Throws: the storage's error, `HostError`.
    package func survey() async throws -> [Finding] {
        let volumes = try await volumes.all()
        let (records, unreadable) = try RunRecord.search(in: recordDirectory)
        // Newest last: undone from the end, as the run itself would have done.
        return try volumes.map { try removability.finding($0) }
            + records.reversed().map { try removability.finding($0, beside: volumes) }
            + unreadable.map { Finding($0) }
    }

    /// Removes the stale things.
    ///
    /// - Parameter isDryRun: only reports the things that would be removed.
    /// - Throws: the storage's error, `HostError` where the search failed. Things that cannot be removed are in the report.
    package func cleanUp(isDryRun: Bool = false) async throws -> Report {
        var report = Report()
        // First of all, because writers to a volume that was left suspended wait.
        let looked = try await suspendedOrigins.resume(isDryRun: isDryRun, &report)
        if !isDryRun { try await endProcessesOfDeadRuns() }
        for finding in try await survey() {
            switch finding.fate {
            case .untouched: report.untouched.append(finding)
            case .removable where isDryRun: report.removed.append(finding.name)
            case .removable: await removeLocked(finding, &report)
            }
        }
        if !isDryRun { await suspendedOrigins.settle(looked, &report) }
        return report
    }

    /// Removes the remains of one run, for its guardian: the run has ended, and the guardian holds its lock.
    package func cleanUp(run: String) async throws -> Report {
        var report = Report()
        let looked = try await suspendedOrigins.resume(run: run, &report)
        let isUnfinished = try removability.isUnfinished(run)
        let findings = try await survey().filter { $0.run == run && ($0.isRunsOwn || ($0.isKept && isUnfinished)) }
        for finding in findings { await remove(finding, &report) }
        await suspendedOrigins.settle(looked, of: run, &report)
        return report
    }

    private var removability: Removability {
        Removability(identity: identity, lockDirectory: lockDirectory, recordDirectory: recordDirectory)
    }

    private var suspendedOrigins: SuspendedOrigins { SuspendedOrigins(volumes: volumes, lockDirectory: lockDirectory) }

    // MARK: Removing

    /// Removes it under the lock of its run, as if the run still had it.
    ///
    /// If this process dies while it removes it, the lock tells the next cleanup of the origin.
    private func removeLocked(_ finding: Finding, _ report: inout Report) async {
        guard case .volume(let volume) = finding.thing, let maker = volume.owner else {
            return await remove(finding, &report)
        }
        let now = Date().timeIntervalSince1970
        let owner = RunLock.Owner(run: maker.run, pid: maker.identity.pid, since: now)
        do {
            let lock = try RunLock(maker.origin, owner: owner, directory: lockDirectory)
            defer { lock.release() }
            let leaks = report.leaked.count
            await remove(finding, &report)
            // A removal may report success and have left the origin suspended.
            var isInOrder = report.leaked.count == leaks
            if isInOrder { isInOrder = await suspendedOrigins.resume(maker.origin, isDryRun: false, &report) }
            if !isInOrder { lock.markStale() }
        } catch HostError.locked {
            report.untouched.append(finding.staying(Removability.activeRun(on: maker.origin)))
        } catch {
            report.leaked.append(leak(finding, error))
        }
    }

    private func remove(_ finding: Finding, _ report: inout Report) async {
        do {
            if let run = finding.run { try await endProcesses(of: run) }
            switch finding.thing {
            case .volume(let volume): try await remove(volume, &report)
            case .record(let record): try await settle(record)
            case .unreadable: return
            }
            report.removed.append(finding.name)
        } catch {
            report.leaked.append(leak(finding, error))
        }
    }

    private func leak(_ finding: Finding, _ error: any Error) -> Leak {
        let repair = (error as? any RepairableError)?.repair ?? finding.command
        return Leak(name: finding.name, reason: Failure(error).message, repair: repair)
    }

    /// A server on the snapshot outlives its run in a namespace of its own.
    ///
    /// A process that remains is named as a holder.
    private func endProcesses(of run: String) async throws {
        let processes = RunProcesses(run: run, awaiting: volumes.awaitedPrograms, ignoring: volumes.ignoredPrograms)
        _ = try await processes.end(limit: .seconds(20))
    }

    /// A program that a run started may still be at work on a snapshot that is not to be seen yet.
    private func endProcessesOfDeadRuns() async throws {
        for record in try RunRecord.all(in: recordDirectory)
        where try removability.finding(record, beside: []).fate == .removable {
            // A failure is told when the record is settled, which does the same first.
            try? await endProcesses(of: record.run)
        }
    }

    private func remove(_ volume: OwnedVolume, _ report: inout Report) async throws {
        guard let owner = volume.owner else { return }
        let resumed = Mutex<[String]>([])
        defer { report.resumed += resumed.withLock { $0 } }
        try await volume.remove { names in resumed.withLock { $0 += names } }
        try MountPoint.removeLeftovers(run: owner.run)
    }

    /// Runs all undos that can run; the record stays for the others.
    private func settle(_ record: RunRecord.Found) async throws {
        var failed = FailedReleases(record: record.path, statementCommand: statementCommand)
        for entry in record.entries.reversed() {
            do { try await undo(entry) } catch { failed.append(entry.undo, Failure(error).message) }
        }
        guard failed.reasons.isEmpty else { throw failed }
        try RunRecord.remove(record.path)
    }
}
