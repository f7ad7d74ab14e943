internal import Host
import Lifecycle
import Waiting

/// Writes trees of files as a compressed tar archive, with as many threads as there is work for.
///
/// The result is an ordinary pax tar in independent frames, one behind the other: `tar --zstd -x`, `zstd -d` and
/// bsdtar read it without this program.
struct Archiver: Sendable {
    var trees: [SourceTree]
    var excludes: ExcludePatterns
    var temporary = TemporaryData()
    var compression: Compression
    var threads: ThreadPlan
    /// Whether pages that were read are dropped from the page cache.
    var dropsBehind: Bool
    /// Whether the blocks that end a tar file are written; a stream's manifest comes before them.
    var endsArchive: Bool
    /// Told some times a second, on the writer's thread.
    var onProgress: @Sendable (ArchiveProgress) -> Void

    /// A file to write to, and its name in messages.
    struct Output: Sendable {
        var descriptor: Descriptor
        var path: String
    }

    /// Writes the archive, and its index where one is wanted.
    ///
    /// - Throws: ``ArchiveError``, or CancellationError soon after the task was cancelled: a thread that hangs in the
    ///   kernel, on a dead disk or a network, is left behind.
    func write(to output: Output, index: Output?) async throws -> ArchiveSummary {
        let pipeline = Pipeline(frames: threads.frames)
        let promise = Promise<ArchiveSummary>()
        return try await withTaskCancellationHandler {
            start(pipeline, output, index, promise)
            return try await promise.value
        } onCancel: {
            pipeline.fail(CancellationError())
            Task.detached {
                // This task is never cancelled: the pause always ends by itself.
                try? await Task.sleep(for: patienceWithDisks)
                promise.give(.failure(CancellationError()))
            }
        }
    }

    private func start(
        _ pipeline: Pipeline,
        _ output: Output,
        _ index: Output?,
        _ promise: Promise<ArchiveSummary>
    ) {
        let tally = Monitor(ArchiveTally())
        let work: @Sendable () throws -> Void = {
            let reader = FileReader(dropsBehind: dropsBehind)
            try Worker(pipeline, compression, frameSize: threads.frameSize, reader: reader).run()
        }
        var bodies = Array(repeating: work, count: threads.workers)
        bodies.append { try plan(pipeline, tally) }
        bodies.append { try measure(pipeline, tally) }
        bodies.append { try FrameWriter(output, index: index, tally, onProgress).run(pipeline) }
        pipeline.start(bodies) { failure in promise.give(Self.result(tally, failure)) }
    }

    private func plan(_ pipeline: Pipeline, _ tally: Monitor<ArchiveTally>) throws {
        let walk = try TreeWalk(trees, excludes: excludes, temporary: temporary)
        var planner = Planner(walk, for: pipeline, frameSize: threads.frameSize)
        try planner.run(endsArchive: endsArchive)
        tally.change { $0.leftOut = walk.leftOut }
    }

    /// Sums up the bytes to read, beside the reading, so that progress shows how long it takes.
    private func measure(_ pipeline: Pipeline, _ tally: Monitor<ArchiveTally>) throws {
        let walk = try TreeWalk(trees, excludes: excludes, temporary: temporary)
        var total: Int64 = 0
        while let entry = try walk.next() {
            try pipeline.checkRunning()
            if tally.read({ $0.parts != nil }) { return }
            if entry.kind == .file { total += min(entry.size, entry.status.allocated) }
        }
        let sum = total
        tally.change { $0.progress.totalBytes = sum }
    }

    private static func result(
        _ tally: Monitor<ArchiveTally>,
        _ failure: (any Error)?
    ) -> Result<ArchiveSummary, any Error> {
        if let failure { return .failure(failure) }
        return tally.read { tally in
            guard let parts = tally.parts else { return .failure(CancellationError()) }
            return .success(
                ArchiveSummary(
                    archive: parts.archive,
                    index: parts.index,
                    sourceBytes: tally.progress.bytes,
                    members: tally.progress.members,
                    leftOut: tally.leftOut
                )
            )
        }
    }
}
