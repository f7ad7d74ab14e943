public import Lifecycle

/// The description of a backup set: `manifest.json`, keys in snake case.
///
/// A directory without one is no backup set; a stream without one as its last member is no backup.
public struct Manifest: Codable, Equatable, Sendable {
    public static let formatName = "lvmbackup"
    /// Raised when an older reader would misunderstand.
    public static let currentVersion = 1

    public var format = Manifest.formatName
    public var version = Manifest.currentVersion
    /// The program that wrote it, and its version.
    public var tool: String
    /// The run id.
    public var run: String
    public var host: String
    public var started: Timestamp
    /// When the snapshot's provider returned: the moment of the data is just before.
    public var snapshotTaken: Timestamp?
    public var published: Timestamp
    public var server: ServerFacts?
    public var volume: VolumeFacts?
    public var lock: LockFacts?
    /// Where replaying the binary log starts.
    public var coordinates: Coordinates?
    public var snapshot: SnapshotFacts?
    /// Nil where the data was archived as the snapshot froze it: the first start of a server recovers it.
    public var recovery: RecoveryFacts?
    public var verification: Verification?
    /// The facts that could not be proven, such as "lock".
    public var unproven: [String]
    /// Nil where the snapshot itself is the backup.
    public var archive: ArchiveFacts?
    /// Seconds that each step took.
    public var timings: [String: Double]
    public var warnings: [String]
    /// The options of hook files for this run alone (`--set`), by file and key; nil where nothing was.
    public var hookOptions: [String: [String: String]]?

    private enum CodingKeys: String, CodingKey {
        case format, version, tool, run, host, started
        case snapshotTaken = "snapshot_taken"
        case published, server, volume, lock, coordinates, snapshot, recovery, verification, unproven, archive
        case timings, warnings
        case hookOptions = "hook_options"
    }

    public struct ServerFacts: Codable, Equatable, Sendable {
        public var flavour: String
        public var version: String
        /// Nil where the server has no identity of its own, and in sets of earlier releases.
        public var uuid: String?
        public var datadir: String
        public var isReplica: Bool
        public var engines: [EngineUse]
        /// Where the encryption keys were, which are not in the set: files, or names of what keeps them.
        public var keys: [String]?
        /// Settings without which no other server starts on the data; nil in sets of earlier releases.
        public var settings: [String: String]?
        /// Libraries of plug-ins without which the data cannot be read.
        public var plugins: [String]?

        private enum CodingKeys: String, CodingKey {
            case flavour, version, uuid, datadir
            case isReplica = "is_replica"
            case engines, keys, settings, plugins
        }
    }

    public struct VolumeFacts: Codable, Equatable, Sendable {
        /// "group/name".
        public var name: String
        public var uuid: String
        public var filesystem: String
        /// Bytes.
        public var size: Int64
        /// The data directory's path from the root of the file system, without a leading slash; nil in sets of earlier
        /// releases.
        public var datadir: String?
        /// Files and directories of data outside the data directory, by their paths on the server's host, each with its
        /// path from the root of the file system.
        public var outside: [String: String]?
    }

    public struct LockFacts: Codable, Equatable, Sendable {
        public var plan: String
        public var reason: String
        /// From the first statement that can block writers to the grant.
        public var waitedSeconds: Double?
        public var heldSeconds: Double?
        /// Seconds of the host's monotonic clock, for comparing with other clocks of the same boot.
        public var grantedAt: Double?
        public var releaseSentAt: Double?

        private enum CodingKeys: String, CodingKey {
            case plan, reason
            case waitedSeconds = "waited_seconds"
            case heldSeconds = "held_seconds"
            case grantedAt = "granted_at"
            case releaseSentAt = "release_sent_at"
        }
    }

    public struct SnapshotFacts: Codable, Equatable, Sendable {
        public var name: String
        public var device: String
        public var uuid: String
        public var isThin: Bool
        /// Whether it stays: the snapshot is the backup.
        public var isKept: Bool
        /// The seconds that the creating command took.
        public var creationSeconds: Double?

        private enum CodingKeys: String, CodingKey {
            case name, device, uuid
            case isThin = "is_thin"
            case isKept = "is_kept"
            case creationSeconds = "creation_seconds"
        }
    }

    public struct RecoveryFacts: Codable, Equatable, Sendable {
        public var clean: Bool
    }

    public struct ArchiveFacts: Codable, Equatable, Sendable {
        /// The archive's file in the set, "-", or what a replaced archiver calls the place.
        public var location: String
        public var bytes: Int64
        /// Bytes read, holes left out.
        public var sourceBytes: Int64
        public var members: Int
        public var compression: String?
        public var excludes: [String]
        /// Absolute paths that are in the archive under `.lvmbackup/outside`.
        public var outside: [String]
        /// The set's files, this one apart.
        public var parts: [ArchiveDetails.Part]

        private enum CodingKeys: String, CodingKey {
            case location, bytes
            case sourceBytes = "source_bytes"
            case members, compression, excludes, outside, parts
        }
    }
}

extension Manifest {
    /// When the data was as the backup has it.
    public var moment: Timestamp { snapshotTaken ?? started }

    /// The origin of the data: backups of one source replace each other.
    public var source: Source {
        Source(
            host: host,
            volume: volume?.name,
            volumeUUID: volume.flatMap { $0.uuid.isEmpty ? nil : $0.uuid },
            serverUUID: server?.uuid,
            datadir: server?.datadir
        )
    }
}
