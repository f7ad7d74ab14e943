/// The archive as written, not yet published: the result of `archive`.
public struct ArchivedCopy: Sendable {
    /// Its place: a path, "-" for standard output, or a replaced archiver's name for it.
    public var location: String
    /// Bytes written; nil where a replaced archiver does not say.
    public var bytes: Int64?
    /// Bytes read, holes left out; nil where they are not known.
    public var sourceBytes: Int64?
    /// The number of archived files; nil where a replaced archiver does not say.
    public var files: Int?
    /// The directory that `publish` renames; nil where the archive went elsewhere.
    public var partialDirectory: String?
    /// Nil where a replaced archiver does not say.
    public var details: ArchiveDetails?
    /// Removes what was written, unless `publish` made it a set.
    public var release: Release?

    /// Creates the description of an archive.
    public init(
        location: String,
        bytes: Int64? = nil,
        sourceBytes: Int64? = nil,
        files: Int? = nil,
        partialDirectory: String? = nil,
        details: ArchiveDetails? = nil,
        release: Release? = nil
    ) {
        self.location = location
        self.bytes = bytes
        self.sourceBytes = sourceBytes
        self.files = files
        self.partialDirectory = partialDirectory
        self.details = details
        self.release = release
    }
}

/// An archiver's description of its archive, for the manifest.
public struct ArchiveDetails: Codable, Equatable, Sendable {
    /// A file of the backup set.
    public struct Part: Codable, Equatable, Sendable {
        /// The file's name in the set's directory.
        public var name: String
        /// The size of the file in bytes.
        public var bytes: Int64
        /// XXH3-128 of the file, as `xxh128sum` prints it.
        public var xxh3: String

        /// Creates the description of a file.
        public init(name: String, bytes: Int64, xxh3: String) {
            self.name = name
            self.bytes = bytes
            self.xxh3 = xxh3
        }
    }

    /// The name of the backup set's directory.
    public var setName: String
    /// The compression's method and level, as the configuration spells them.
    public var compression: String
    /// Empty for a stream.
    public var parts: [Part]
    /// The patterns of excluded files.
    public var excludes: [String]
    /// Absolute paths outside the data directory that are in the archive, under `.lvmbackup/outside`.
    public var outside: [String]

    private enum CodingKeys: String, CodingKey {
        case setName = "set_name"
        case compression, parts, excludes, outside
    }

    /// Creates the details of an archive.
    public init(
        setName: String,
        compression: String,
        parts: [Part] = [],
        excludes: [String] = [],
        outside: [String] = []
    ) {
        self.setName = setName
        self.compression = compression
        self.parts = parts
        self.excludes = excludes
        self.outside = outside
    }
}

/// The published set: the result of `publish`.
public struct BackupSet: Codable, Equatable, Sendable {
    /// The run id.
    public var id: String
    /// The set's directory, or where the archive is.
    public var location: String
    /// The manifest's path; nil for a stream, whose manifest is its last member.
    public var manifest: String?
    /// The host that was backed up; nil where the run that publishes the set tells it.
    public var host: String?
    /// The moment of the data, seconds since 1970; nil where the run that publishes the set tells it.
    public var created: Double?

    package init(id: String, location: String, manifest: String? = nil) {
        self.id = id
        self.location = location
        self.manifest = manifest
    }
}

/// The set that a run restores or verifies, as its manifest describes it.
package struct SetSubject: Sendable {
    package var set: BackupSet
    /// The server that was backed up.
    package var server: Server?
    /// Where replaying starts.
    package var coordinates: Coordinates?

    package init(_ set: BackupSet, server: Server? = nil, coordinates: Coordinates? = nil) {
        self.set = set
        self.server = server
        self.coordinates = coordinates
    }
}

/// The removed and kept older sets: the result of `retain`.
public struct Retention: Codable, Equatable, Sendable {
    /// The names of the sets that stay.
    public var kept: [String]
    /// The names of the removed sets.
    public var removed: [String]
    /// Where the archives of removed sets are that lie elsewhere than in their sets: these are not removed.
    public var elsewhere: [String]

    package init(kept: [String], removed: [String], elsewhere: [String] = []) {
        self.kept = kept
        self.removed = removed
        self.elsewhere = elsewhere
    }
}

/// Which published sets stay: a value that a filter may change.
public struct RetentionPlan: Codable, Equatable, Sendable {
    /// The decision about one set.
    public struct Decision: Codable, Equatable, Sendable {
        /// The state of a set.
        public enum State: String, CaseIterable, Codable, Sendable {
            /// Everything that its manifest lists is there. A plan that removes the newest of these is refused.
            case good
            /// A file that the manifest lists is missing, or the manifest cannot be read.
            case incomplete
            /// It stands for a snapshot that still exists, and cannot be removed.
            case snapshot
            /// The run that makes the plan has published it. A plan that removes it is refused.
            case current
            /// It is dated later than now: a clock was wrong. It is not counted, and a plan that removes it is refused.
            case postdated
            /// It is marked by `lvmbackup keep`. A plan that removes it is refused.
            case kept
        }

        /// The set's directory name.
        public var set: String
        /// When the set's snapshot was taken, seconds since 1970.
        public var created: Double
        /// Whether the set stays.
        public var keep: Bool
        /// The reason of the decision.
        public var reason: String
        /// Nil where it was not checked.
        public var state: State?

        /// Creates a decision.
        public init(set: String, created: Double, keep: Bool, reason: String, state: State? = nil) {
            self.set = set
            self.created = created
            self.keep = keep
            self.reason = reason
            self.state = state
        }
    }

    /// Newest first.
    public var decisions: [Decision]

    /// Creates a plan of decisions, newest first.
    public init(decisions: [Decision]) { self.decisions = decisions }
}
