package import Archive
import Host
import Synchronization

/// Restores a backup set to a directory: the checks, then the data.
package struct Restore: Sendable {
    package enum Source: Sendable {
        case set(SetPlace)
        /// A descriptor with the stream that `lvmbackup -` wrote, or with any tar archive.
        case stream(Int32)
    }

    package var source: Source
    package var target: String
    /// Whether a target that is not empty is accepted.
    package var isForced = false
    package var acceptsAnyServer = false
    package var keepsOwners = true
    /// Whether binary logs are applied to the data next: it stays marked as incomplete.
    package var isBeforeReplay = false
    /// See ``RestoreJob/makesLinksToData``.
    var makesLinksToData = false
    /// Patterns of the members of a set that are restored; nil for all.
    package var only: MemberPatterns?
    /// Nil: one for each core.
    package var threads: Int?
    /// Told of the bytes written so far, often.
    package var onProgress: @Sendable (Int64) -> Void = { _ in }

    package init(_ source: Source, to target: String) {
        self.source = source
        self.target = target
    }

    /// - Throws: ``ReadError``, ``ArchiveError``, `HostError`, CancellationError
    package func run() async throws -> RestoreReport {
        let source: RestoreJob.Source
        var files: SetFiles?
        switch self.source {
        case .set(let place):
            let opened = try await place.openForRestore()
            files = opened
            source = .set(opened)
        case .stream(let descriptor): source = .stream(descriptor, name: "standard input")
        }
        var target = RestoreTarget(path: target)
        target.isForced = isForced
        target.acceptsAnyServer = acceptsAnyServer
        target.keepsOwners = keepsOwners
        let chosen = try await refusingDamage { try await choose(from: files) }
        target.chosen = chosen
        try await target.check(for: files)
        try target.make()
        var job = RestoreJob(
            source: source,
            target: target.path,
            keepsOwners: keepsOwners,
            threads: threads
        )
        job.isBeforeReplay = isBeforeReplay
        job.makesLinksToData = makesLinksToData
        job.chosen = chosen
        return try await run(job)
    }

    private func run(_ job: RestoreJob) async throws -> RestoreReport {
        let written = Mutex<Int64>(0)
        var job = job
        job.onProgress = { [onProgress] bytes in
            written.withLock { $0 = bytes }
            onProgress(bytes)
        }
        do { return try await job.run() } catch {
            guard case .set(let files) = job.source else { throw error }
            let written = written.withLock { $0 }
            throw RoomShortage(job.target, files.manifest, job.chosen, written: written).explain(error)
        }
    }

    private func choose(from files: SetFiles?) async throws -> ChosenMembers? {
        guard let only, let files else { return nil }
        return try await only.choose(from: files)
    }
}
