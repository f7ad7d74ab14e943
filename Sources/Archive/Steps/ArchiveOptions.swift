/// The settings of the archive, publish and retain steps.
package struct ArchiveOptions: Sendable {
    /// Where a backup goes.
    package enum Destination: Equatable, Sendable {
        /// A directory that holds one directory for each backup set.
        case directory(String)
        /// A tar stream to an open file descriptor, such as standard output.
        case stream(descriptor: Int32)
    }

    /// Nil where lvmbackup writes no set: kept snapshots, a replaced archiver.
    package var destination: Destination?
    package var compression: Compression
    /// How many threads compress; nil for the standard.
    package var threads: Int?
    /// Patterns of excluded paths, see ``ExcludePatterns``.
    package var excludes: [String]
    /// The program and its version, for manifests.
    package var tool: String
    /// The machine's id, for manifests; nil where it has none.
    package var machine: String?
    /// The options of hook files for this run alone, for manifests: by file and key.
    package var hookOptions: [String: [String: String]] = [:]

    package init(
        destination: Destination?,
        compression: Compression = .standard,
        threads: Int? = nil,
        excludes: [String] = [],
        tool: String = "lvmbackup"
    ) {
        self.destination = destination
        self.compression = compression
        self.threads = threads
        self.excludes = excludes
        self.tool = tool
    }

    /// The directory of sets, without a trailing slash; nil for a stream.
    var directory: String? {
        guard case .directory(var path) = destination else { return nil }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
