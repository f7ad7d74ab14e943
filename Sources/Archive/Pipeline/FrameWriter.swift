/// Writes finished frames in order, the index beside them, and tells how far it has come.
final class FrameWriter {
    /// A progress bar needs no more.
    private static let interval: Duration = .milliseconds(200)

    private let output: FileWriter
    private let indexFile: FileWriter?
    private let index: IndexWriter?
    private let tally: Monitor<ArchiveTally>
    private let onProgress: @Sendable (ArchiveProgress) -> Void
    private var reported = ContinuousClock.now

    init(
        _ output: Archiver.Output,
        index: Archiver.Output?,
        _ tally: Monitor<ArchiveTally>,
        _ onProgress: @escaping @Sendable (ArchiveProgress) -> Void
    ) {
        self.output = FileWriter(output.descriptor, path: output.path)
        indexFile = index.map { FileWriter($0.descriptor, path: $0.path) }
        self.index = indexFile.map(IndexWriter.init)
        self.tally = tally
        self.onProgress = onProgress
    }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, or why the pipeline stops.
    func run(_ pipeline: Pipeline) throws {
        blockBrokenPipeSignal()
        while let frame = try pipeline.nextFrame() {
            try output.write(frame.output.bytes)
            try index?.add(frame)
            report(frame)
            pipeline.recycle(frame)
        }
        try index?.flush()
        let index = indexFile.map { ArchiveSummary.Part(bytes: $0.length, digest: $0.digest) }
        let parts = (ArchiveSummary.Part(bytes: output.length, digest: output.digest), index)
        onProgress(
            tally.change { tally in
                tally.parts = parts
                return tally.progress
            }
        )
    }

    private func report(_ frame: Frame) {
        let progress = tally.change { tally in
            tally.progress.bytes += frame.sourceBytes
            tally.progress.members += frame.members.count
            return tally.progress
        }
        let now = ContinuousClock.now
        guard now - reported >= Self.interval else { return }
        reported = now
        onProgress(progress)
    }
}
