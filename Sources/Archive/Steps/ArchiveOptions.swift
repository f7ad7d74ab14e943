/// The settings of the archive, publish and retain steps.
public struct ArchiveOptions: Sendable {
    /// Where a backup goes.
    public enum Destination: Equatable, Sendable {
        /// A directory that holds one directory for each backup set.
        case directory(String)
        /// A tar stream to an open file descriptor, such as standard output.
        case stream(descriptor: Int32)
    }

    /// Nil where lvmbackup writes no set: kept snapshots, a replaced archiver.
    public var destination: Destination?
    public var compression: Compression
    /// How many threads compress; nil for the standard.
    public var threads: Int?
    /// Patterns of excluded paths, see ``ExcludePatterns``.
    public var excludes: [String]
    /// The program and its version, for manifests.
    public var tool: String
    /// The options of hook files for this run alone, for manifests: by file and key.
    public var hookOptions: [String: [String: String]] = [:]

    public init(
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
