/// The demands of a run on the values that filters have changed; each throws for a value that the run refuses.
package struct FilterRules: Sendable {
    package var snapshotSize: @Sendable (String) throws -> Void
    package var archiveName: @Sendable (String) throws -> Void
    package var archiveExclude: @Sendable ([String]) throws -> Void

    package init(
        snapshotSize: @escaping @Sendable (String) throws -> Void,
        archiveName: @escaping @Sendable (String) throws -> Void,
        archiveExclude: @escaping @Sendable ([String]) throws -> Void
    ) {
        self.snapshotSize = snapshotSize
        self.archiveName = archiveName
        self.archiveExclude = archiveExclude
    }

    /// Without demands.
    static let none = FilterRules(snapshotSize: { _ in }, archiveName: { _ in }, archiveExclude: { _ in })
}
