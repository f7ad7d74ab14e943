import Glibc
internal import Host

/// The writing of a set's, or a stream's, data into a target directory that was checked before.
package struct RestoreJob: Sendable {
    package enum Source: Sendable {
        case set(SetFiles)
        /// A descriptor of the caller's, and a name for messages.
        case stream(Int32, name: String)
    }

    package var source: Source
    package var target: String
    package var keepsOwners: Bool
    /// Whether binary logs are applied to the data of a set next: it stays marked as incomplete until
    /// ``endReplay(in:)``.
    ///
    /// Servers start on it by then.
    package var isBeforeReplay = false
    /// Whether symbolic links to data of the set are made, too, that lead out of the target: for a target that root alone
    /// reaches, and a server that sees the data at the recorded places.
    package var makesLinksToData = false
    /// The members of a set that are restored; nil for all.
    ///
    /// With some of them the target stays marked: no server starts on it.
    package var chosen: ChosenMembers?
    /// Nil: one for each core.
    package var threads: Int?
    /// Told of the bytes written so far, often, on a thread of the job.
    package var onProgress: @Sendable (Int64) -> Void

    package init(
        source: Source,
        target: String,
        keepsOwners: Bool,
        threads: Int? = nil,
        onProgress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) {
        self.source = source
        self.target = target
        self.keepsOwners = keepsOwners
        self.threads = threads
        self.onProgress = onProgress
    }

    /// Restores the data.
    ///
    /// The target stays marked as incomplete where this throws.
    ///
    /// - Throws: ``ReadError``, ``ArchiveError``, CancellationError
    package func run() async throws -> RestoreReport {
        switch source {
        case .set(let files): try await restore(files)
        case .stream(let descriptor, let name): try await restore(descriptor, name)
        }
    }

    /// Identifies a set in the marker.
    package static func identity(of files: SetFiles) -> String {
        "set \(files.manifest.run) \(files.part("index.jsonl")?.xxh3 ?? "")"
    }

    /// Removes the mark that a restore before a replay has left.
    ///
    /// - Throws: ``ArchiveError``
    package static func endReplay(in target: String) throws {
        let root = try TargetTree(target).root
        try ArchiveError.writing {
            try root.remove(IncompleteMarker.name)
            try root.sync()
        }
    }

    /// Whether the text of a marker says that binary logs were being applied.
    package static func isReplay(_ unfinished: String) -> Bool { unfinished.hasPrefix(replayMark) }

    private static let replayMark = "replay on "

    /// Whether the text of a marker says that some members of a set were restored.
    package static func isPartial(_ unfinished: String) -> Bool { unfinished.hasPrefix(partialMark) }

    private static let partialMark = "part of "

    /// The file that marks an unfinished restore.
    package static let markerName = ".lvmbackup-incomplete"

    /// The set whose unfinished restore is in a directory; nil where none is.
    ///
    /// A marker without a text is none: the restore that made it ended there, and wrote nothing else. Another user's
    /// marker is none, either.
    ///
    /// - Throws: ``ArchiveError``
    package static func unfinished(in target: String) throws -> String? {
        let marker = try IncompleteMarker.read(in: try TargetTree(target).root)
        return marker.flatMap { $0.set.isEmpty ? nil : $0.set }
    }

    /// The owner of a directory's marker, where that is another user than this process's; nil for an own one or none.
    ///
    /// - Throws: ``ArchiveError``
    package static func foreignMarkerOwner(in target: String) throws -> UInt32? {
        let root = try TargetTree(target).root
        let status = try ArchiveError.reading { try root.status(of: IncompleteMarker.name) }
        return status.flatMap { $0.identity.uid == geteuid() ? nil : $0.identity.uid }
    }

    private func restore(_ files: SetFiles) async throws -> RestoreReport {
        let (target, keepsOwners, isBeforeReplay, chosen) = (target, keepsOwners, isBeforeReplay, chosen)
        let links = makesLinksToData ? DataLinks(of: files.manifest) : nil
        let results = Monitor<RestoreReport>(RestoreReport(manifest: files.manifest))
        let written = Monitor<Writing?>(nil)
        let tally = try await SetReading(files, threads: threads, chosen: chosen).run(
            into: { check in
                let tree = try TargetTree(target)
                let identity = (chosen == nil ? "" : Self.partialMark) + Self.identity(of: files)
                let isOwn = try chosen == nil && IncompleteMarker.read(in: tree.root)?.set == identity
                let finished = isOwn ? try FinishedFiles(of: files, in: tree, check: check) : .none
                let marker = try IncompleteMarker(set: identity).write(in: tree) { try files.hasMember($0) }
                let writer = TreeWriter(
                    tree,
                    marker: marker,
                    keepsOwners: keepsOwners,
                    finished: finished,
                    end: chosen != nil
                        ? .unstartable
                        : isBeforeReplay ? .marked(IncompleteMarker(set: Self.replayMark + identity)) : .complete,
                    links: links
                )
                written.change { $0 = Writing(writer, chosen) }
                return writer
            },
            onProgress: { onProgress($0.bytes) }
        )
        try await onOwnThread {
            try written.change { writing in try writing?.finish(results, tally) }
        }
        return results.read { $0 }
    }

    private func restore(_ descriptor: Int32, _ name: String) async throws -> RestoreReport {
        let job = self
        let results = Monitor<RestoreReport>(RestoreReport(isChecked: false))
        let isStopped = Monitor<Bool>(false)
        return try await withTaskCancellationHandler {
            try await onOwnThread {
                let tree = try TargetTree(job.target)
                let marker = try IncompleteMarker(set: "stream").write(in: tree)
                let writer = TreeWriter(tree, marker: marker, keepsOwners: job.keepsOwners, finished: .none)
                let check = { if isStopped.read({ $0 }) { throw CancellationError() } }
                let source = StreamSource(Descriptor(descriptor, isOwned: false), path: name, check: check)
                var unpacking = Unpacking(reader: TarReader(source), check: nil, sink: writer)
                unpacking.onProgress = { tally in
                    try check()
                    job.onProgress(tally.bytes)
                }
                let tally = try unpacking.run()
                try results.change { report in
                    report.manifest = try tally.manifest.map { try ManifestFile.decode($0, path: name) }
                }
                try Writing(writer).finish(results, tally)
                return results.read { $0 }
            }
        } onCancel: {
            isStopped.change { $0 = true }
        }
    }

    /// A writer that has received all members.
    // @unchecked: handed from the unpacking thread to the finishing thread, under a monitor.
    private final class Writing: @unchecked Sendable {
        private let writer: TreeWriter
        private let chosen: ChosenMembers?

        init(_ writer: TreeWriter, _ chosen: ChosenMembers? = nil) {
            self.writer = writer
            self.chosen = chosen
        }

        func finish(_ results: Monitor<RestoreReport>, _ tally: Unpacking.Tally) throws {
            try writer.finish()
            results.change { report in
                report.members = chosen?.members ?? tally.members
                report.files = chosen?.files ?? tally.files
                report.bytes = chosen?.bytes ?? tally.bytes
                report.chosen = chosen
                report.kept = writer.kept
                report.bytesRead = tally.bytesRead
                report.leftOut = writer.leftOut
                report.leftOutCount = writer.leftOutCount
            }
        }
    }
}
