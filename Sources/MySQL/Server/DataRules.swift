import Host

/// The operator's and the server's rules for which files are data.
package struct DataRules: Sendable {
    /// Whether a pattern leaves a path out of the archive.
    ///
    /// The path is relative to the data directory; of data outside it is relative to the directory at `place`, which is
    /// that directory's path in the archive.
    package typealias Exclusion = @Sendable (_ path: String, _ place: String, _ isDirectory: Bool) -> Bool

    package var isExcluded: Exclusion
    /// The databases of the server's dictionary; empty for MariaDB, which has none.
    var schemas: Set<String> = []

    /// The suffix of files with definitions of tables that are not InnoDB's.
    var definitionSuffix: String { schemas.isEmpty ? "frm" : "sdi" }

    package init(isExcluded: @escaping Exclusion = { _, _, _ in false }) { self.isExcluded = isExcluded }
}
