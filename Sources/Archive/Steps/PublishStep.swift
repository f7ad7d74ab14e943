internal import Faults
import FoundationEssentials
package import Lifecycle

/// Makes a backup set of the archive: writes the manifest, then gives the set its name.
package struct PublishStep: StepProvider {
    package let name = "publish"
    private let options: ArchiveOptions

    package init(_ options: ArchiveOptions) { self.options = options }

    package func provide(_ run: Run) async throws -> Provision<BackupSet> {
        switch options.destination {
        case .directory(_): return .result(try await publishDirectory(run))
        case .stream(let descriptor):
            if run.isSnapshotOnly { return .result(try await keepSnapshot(run)) }
            try await endStream(descriptor, run)
            return .result(BackupSet(id: run.id, location: "-"))
        case nil:
            if run.isSnapshotOnly { return .result(try await keepSnapshot(run)) }
            return .result(BackupSet(id: run.id, location: run.archive?.location ?? ""))
        }
    }

    package func plan(_ run: Run) async throws -> [String] {
        guard let directory = options.directory else { return ["end the stream with the manifest"] }
        return ["write \(directory)/\(run.id)/manifest.json, then give the set its name"]
    }

    // MARK: A directory of sets

    private func publishDirectory(_ run: Run) async throws -> BackupSet {
        let directory = options.directory ?? ""
        if let path = run.archive?.partialDirectory {
            let name = try await setName(run)
            let parts = run.archive?.details?.parts ?? []
            let set = try await onOwnThread {
                let set = try PartialSet(name, in: directory, at: path)
                try set.check(parts)
                return set
            }
            return try await publish(set, run)
        }
        let name = try await setName(run)
        let set = try await onOwnThread { try PartialSet(name, in: directory, run: run.id) }
        try await onOwnThread { try set.checkUnpublished() }
        try run.intend(set.undo, for: .partialSet(at: set.path), only: set.condition)
        try await onOwnThread { try set.create() }
        do { return try await publish(set, run) } catch {
            run.undoAtEnd(set.release)
            throw error
        }
    }

    private func publish(_ set: PartialSet, _ run: Run) async throws -> BackupSet {
        let bytes = try manifest(run)
        // Stalled work can be left behind: the set has no name yet.
        try await onOwnThread(patience: patienceWithDisks) {
            _ = try bytes.withUnsafeBytes { try set.write($0, to: ManifestFile.name) }
            try set.bringToDisk()
        }
        if run.isSnapshotOnly { _ = try await keepSnapshot(run) }
        try await Faults.pass("step/publish", .middle)
        if let doubt = try await onOwnThread({ try set.publish() }) {
            run.warn("the set is published, but may lose its name in a power cut: \(doubt.failure.message)")
        }
        return BackupSet(id: run.id, location: set.published, manifest: set.published + "/" + ManifestFile.name)
    }

    private func setName(_ run: Run) async throws -> SetName {
        if let name = run.archive?.details?.setName { return try SetName(name) }
        return try SetName(try await run.apply(.archiveName, to: run.id) { _ = try SetName($0) })
    }

    private func manifest(_ run: Run) throws(ArchiveError) -> [UInt8] {
        var manifest = Manifest(of: run, options, published: Date().timeIntervalSince1970)
        if !options.hookOptions.isEmpty { manifest.hookOptions = options.hookOptions }
        return try ManifestFile.encode(manifest)
    }

    // MARK: Without a directory

    private func keepSnapshot(_ run: Run) async throws -> BackupSet {
        guard let snapshot = run.snapshot, let keep = snapshot.keep else {
            throw ArchiveError.missing("a way to keep the snapshot")
        }
        try await keep()
        return BackupSet(id: run.id, location: snapshot.name)
    }

    private func endStream(_ descriptor: Int32, _ run: Run) async throws {
        let end = StreamEnd(manifest: try manifest(run), published: Date().timeIntervalSince1970)
        let compression = options.compression
        try await onOwnThread { try end.write(to: descriptor, compression) }
    }
}
