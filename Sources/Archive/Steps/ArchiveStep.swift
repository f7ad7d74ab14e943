internal import Faults
package import Lifecycle

/// Archives the mounted snapshot's data directory, and the server's data outside it.
package struct ArchiveStep: StepProvider {
    package let name = "archive"
    private let options: ArchiveOptions

    package init(_ options: ArchiveOptions) { self.options = options }

    package func provide(_ run: Run) async throws -> Provision<ArchivedCopy> {
        guard let mount = run.mount else { throw ArchiveError.missing("the mounted snapshot") }
        let name = try SetName(try await run.apply(.archiveName, to: run.id) { _ = try SetName($0) })
        let sources = SourceTrees(mount, run.location?.paths ?? [])
        try await onOwnThread(patience: patienceWithDisks) { try sources.proveDirect() }
        let essential = EssentialFiles(mount, run.location?.paths ?? [])
        let judge = { @Sendable (patterns: [String]) in
            try await onOwnThread(patience: patienceWithDisks) { try essential.refuse(patterns) }
        }
        // A run whose `locate` is a hook's may not have looked at its own patterns.
        try await judge(options.excludes)
        let patterns = try await run.apply(.archiveExclude, to: options.excludes, judge: judge)
        let job = ArchiveJob(
            name: name,
            sources: sources,
            excludes: patterns,
            patterns: try ExcludePatterns(patterns),
            options: options,
            recoveryLog: run.recovery?.log
        )
        let report: @Sendable (ArchiveProgress) -> Void = { progress in
            let total = progress.totalBytes
            run.progress(Progress(step: .archive, bytes: progress.bytes, totalBytes: total, files: progress.members))
        }
        switch options.destination {
        case nil: throw ArchiveError.missing("a destination")
        case .stream(let descriptor):
            let (copy, leftOut) = try await job.stream(to: descriptor, report)
            tell(run, leftOut, patterns: job.excludes)
            return .result(copy)
        case .directory:
            return .result(try await writeSet(job, run, report))
        }
    }

    package func plan(_ run: Run) async throws -> [String] {
        let place = options.directory.map { "\($0)/\(run.id)/\(options.compression.fileName)" } ?? "the stream"
        return ["archive the data directory to \(place), compression \(options.compression)"]
    }

    private func writeSet(
        _ job: ArchiveJob,
        _ run: Run,
        _ report: @escaping @Sendable (ArchiveProgress) -> Void
    ) async throws -> ArchivedCopy {
        let directory = options.directory ?? ""
        let set = try await onOwnThread(patience: patienceWithDisks) {
            let set = try PartialSet(job.name, in: directory, run: run.id)
            try set.checkUnpublished()
            return set
        }
        try run.intend(set.undo, for: .partialSet(at: set.path), only: set.condition)
        do { try await onOwnThread(patience: patienceWithDisks) { try set.create() } } catch is CancellationError {
            // A creation that was left behind may still succeed later.
            run.undoAtEnd(set.release)
            throw CancellationError()
        }
        do {
            let (copy, leftOut) = try await job.write(to: set, report)
            try await Faults.pass("step/archive", .middle)
            tell(run, leftOut, patterns: job.excludes)
            return copy
        } catch {
            run.undoAtEnd(set.release)
            throw error
        }
    }

    /// - Parameter patterns: in the order of their numbers. A pattern that a hook has added may match nothing.
    private func tell(_ run: Run, _ leftOut: LeftOut, patterns: [String]) {
        for (index, pattern) in patterns.enumerated()
        where options.excludes.contains(pattern) && !leftOut.patterns.contains(index) {
            let name = nearest(to: pattern, among: leftOut.names)
            run.warn(
                "the pattern \"\(pattern)\" leaves nothing out" + (name.map { "; did you mean \"\($0)\"?" } ?? "")
            )
        }
        if leftOut.sockets > 0 {
            run.note("\(leftOut.sockets) sockets are not in the archive: \(leftOut.examples.joined(separator: ", "))")
        }
        if leftOut.unreadable > 0 {
            let examples = leftOut.unreadableExamples.map { "\"\($0)\"" }.joined(separator: ", ")
            run.warn(
                "\(leftOut.unreadable) files or directories outside the data directory are not in the archive, "
                    + "because the server cannot read them: \(examples)"
            )
        }
        if leftOut.temporary > 0 {
            run.note("\(leftOut.temporary) temporary files of the server are not in the archive")
        }
        if leftOut.excluded > 0 { run.note("\(leftOut.excluded) files or directories were left out by a pattern") }
    }
}
