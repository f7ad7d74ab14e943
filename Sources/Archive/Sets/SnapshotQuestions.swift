/// Asks whether the snapshots still exist that stand for sets: a command of the storage each.
///
/// The destination may hold any number of another user's manifests.
struct SnapshotQuestions {
    /// Snapshots of a machine are fewer.
    private static let most = 1000

    private let lookup: RetainStep.SnapshotLookup
    private var left = Self.most

    init(_ lookup: @escaping RetainStep.SnapshotLookup) { self.lookup = lookup }

    /// Whether a set stands for a snapshot that exists, or may exist because it was not asked for.
    ///
    /// - Throws: where the storage cannot be asked.
    mutating func mayExist(of manifest: Manifest) async throws -> Bool {
        guard let snapshot = manifest.snapshot, snapshot.isKept else { return false }
        guard left > 0 else { return true }
        left -= 1
        return try await lookup(snapshot) ?? true
    }
}
