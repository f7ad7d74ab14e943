import Lifecycle

/// One archive to be written, with everything that was asked and checked.
struct ArchiveJob: Sendable {
    let name: SetName
    let sources: SourceTrees
    let excludes: [String]
    let patterns: ExcludePatterns
    let options: ArchiveOptions
    /// The recovery server's log, which becomes part of the set.
    let recoveryLog: String?

    /// Writes the archive, its index and the recovery log into a partial set.
    ///
    /// - Throws: ``ArchiveError``, CancellationError
    func write(
        to set: PartialSet,
        _ report: @escaping @Sendable (ArchiveProgress) -> Void
    ) async throws -> (ArchivedCopy, LeftOut) {
        let file = options.compression.fileName
        let (output, index) = try await onOwnThread(patience: patienceWithDisks) {
            (try set.makeFile(file), try set.makeFile("index.jsonl"))
        }
        let summary = try await archiver(report, endsArchive: true).write(to: output, index: index)
        var parts = [part(file, summary.archive)]
        if let index = summary.index { parts.append(part("index.jsonl", index)) }
        if let recoveryLog {
            parts.append(
                try await onOwnThread(patience: patienceWithDisks) { try addLog(recoveryLog, to: set) }
            )
        }
        var copy = archived(summary, location: file, parts)
        copy.partialDirectory = set.path
        copy.release = set.release
        return (copy, summary.leftOut)
    }

    /// Writes the archive to a stream, but not its end: the manifest comes first.
    ///
    /// - Throws: ``ArchiveError``, CancellationError
    func stream(
        to descriptor: Int32,
        _ report: @escaping @Sendable (ArchiveProgress) -> Void
    ) async throws -> (ArchivedCopy, LeftOut) {
        let output = Archiver.Output(descriptor: Descriptor(descriptor, isOwned: false), path: "the stream")
        let summary = try await archiver(report, endsArchive: false).write(to: output, index: nil)
        return (archived(summary, location: "-", []), summary.leftOut)
    }

    private func archiver(
        _ report: @escaping @Sendable (ArchiveProgress) -> Void,
        endsArchive: Bool
    ) -> Archiver {
        Archiver(
            trees: sources.trees,
            excludes: patterns,
            temporary: TemporaryData(sources.temporary),
            compression: options.compression,
            threads: ThreadPlan(threads: options.threads),
            dropsBehind: true,
            endsArchive: endsArchive,
            onProgress: report
        )
    }

    private func archived(
        _ summary: ArchiveSummary,
        location: String,
        _ parts: [ArchiveDetails.Part]
    ) -> ArchivedCopy {
        ArchivedCopy(
            location: location,
            bytes: summary.archive.bytes,
            sourceBytes: summary.sourceBytes,
            files: summary.members,
            details: ArchiveDetails(
                setName: name.text,
                compression: options.compression.description,
                parts: parts,
                excludes: excludes,
                outside: sources.outside.map(\.path)
            )
        )
    }

    private func part(_ name: String, _ part: ArchiveSummary.Part) -> ArchiveDetails.Part {
        ArchiveDetails.Part(name: name, bytes: part.bytes, xxh3: "\(part.digest)")
    }

    /// Blocks.
    private func addLog(_ log: String, to set: PartialSet) throws(ArchiveError) -> ArchiveDetails.Part {
        let path = RawPath(log)
        let source = try openSource(path)
        let size = try FileStatus(of: source, path: path).size
        let buffer = ByteBuffer(capacity: Int(size))
        let whole = Extent(offset: 0, length: size)
        try FileReader(dropsBehind: false).append(whole, of: source, path, to: buffer)
        return try set.write(buffer.bytes, to: "recovery.log")
    }
}
