/// A value that hooks may change on its way; its user validates the outcome as if an operator had typed it.
public struct Filter<Value: Sendable>: Sendable {
    /// The filter's name.
    public let name: FilterName
}

/// The values that can be filtered.
public enum FilterName: String, CaseIterable, Codable, Hashable, Sendable {
    /// See ``Filter/snapshotSize``.
    case snapshotSize = "snapshot.size"
    /// See ``Filter/archiveExclude``.
    case archiveExclude = "archive.exclude"
    /// See ``Filter/archiveName``.
    case archiveName = "archive.name"
    /// See ``Filter/retentionPlan``.
    case retentionPlan = "retention.plan"
}

extension FilterName {
    /// The step in which the value is used.
    package var step: StepName {
        switch self {
        case .snapshotSize: .prepare
        case .archiveExclude, .archiveName: .archive
        case .retentionPlan: .retain
        }
    }
}

extension Filter<String> {
    /// The size of a thick snapshot, in the notation of `--snapshot-size`.
    public static var snapshotSize: Self { Self(name: .snapshotSize) }
    /// The name of the backup set's directory.
    public static var archiveName: Self { Self(name: .archiveName) }
}

extension Filter<[String]> {
    /// Patterns of paths, relative to the data directory, that the archive leaves out.
    public static var archiveExclude: Self { Self(name: .archiveExclude) }
}

extension Filter<RetentionPlan> {
    /// Which published sets stay and which go.
    public static var retentionPlan: Self { Self(name: .retentionPlan) }
}
