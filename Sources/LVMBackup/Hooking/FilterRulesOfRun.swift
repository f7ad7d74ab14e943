import Archive
package import Hooks
import LVM

extension FilterRules {
    /// The rules by which a run judges filtered values.
    package static let ofRun = FilterRules(
        snapshotSize: { _ = try SnapshotSize($0) },
        archiveName: { _ = try SetName($0) },
        archiveExclude: { _ = try ExcludePatterns($0) }
    )
}
