package import Lifecycle

/// The description of a backup set: `manifest.json`, keys in snake case.
///
/// A directory without one is no backup set; a stream without one as its last member is no backup.
package struct Manifest: Codable, Equatable, Sendable {
    package static let formatName = "lvmbackup"
    /// Raised when an older reader would misunderstand.
    package static let currentVersion = 1

    package var format = Manifest.formatName
    package var version = Manifest.currentVersion
    /// The program that wrote it, and its version.
    package var tool: String
    /// The run id.
    package var run: String
    package var host: String
    /// Derived from the machine's id; nil where it has none, and in sets of earlier releases.
    package var machine: String?
    package var started: Timestamp
    /// When the snapshot's provider returned: the moment of the data is just before.
    package var snapshotTaken: Timestamp?
    package var published: Timestamp
    package var server: ServerFacts?
    package var volume: VolumeFacts?
    package var lock: LockFacts?
    /// Where replaying the binary log starts.
    package var coordinates: Coordinates?
    package var snapshot: SnapshotFacts?
    /// Nil where the data was archived as the snapshot froze it: the first start of a server recovers it.
    package var recovery: RecoveryFacts?
    package var verification: Verification?
    /// The facts that could not be proven, such as "lock".
    package var unproven: [String]
    /// Nil where the snapshot itself is the backup.
    package var archive: ArchiveFacts?
    /// Seconds that each step took.
    package var timings: [String: Double]
    package var warnings: [String]
    /// The options of hook files for this run alone (`--set`), by file and key; nil where nothing was.
    package var hookOptions: [String: [String: String]]?

    private enum CodingKeys: String, CodingKey {
        case format, version, tool, run, host, machine, started
        case snapshotTaken = "snapshot_taken"
        case published, server, volume, lock, coordinates, snapshot, recovery, verification, unproven, archive
        case timings, warnings
        case hookOptions = "hook_options"
    }

    package struct ServerFacts: Codable, Equatable, Sendable {
        package var flavour: String
        package var version: String
        /// Nil where the server has no identity of its own, and in sets of earlier releases.
        package var uuid: String?
        package var datadir: String
        package var isReplica: Bool
        package var engines: [EngineUse]
        /// Where the encryption keys were, which are not in the set: files, or names of what keeps them.
        package var keys: [String]?
        /// Settings without which no other server starts on the data; nil in sets of earlier releases.
        package var settings: [String: String]?
        /// Libraries of plug-ins without which the data cannot be read.
        package var plugins: [String]?

        private enum CodingKeys: String, CodingKey {
            case flavour, version, uuid, datadir
            case isReplica = "is_replica"
            case engines, keys, settings, plugins
        }
    }

    package struct VolumeFacts: Codable, Equatable, Sendable {
        /// "group/name".
        package var name: String
        package var uuid: String
        package var filesystem: String
        /// Bytes.
        package var size: Int64
        /// The data directory's path from the root of the file system, without a leading slash; nil in sets of earlier
        /// releases.
        package var datadir: String?
        /// Files and directories of data outside the data directory, by their paths on the server's host, each with its
        /// path from the root of the file system.
        package var outside: [String: String]?
    }

    package struct LockFacts: Codable, Equatable, Sendable {
        package var plan: String
        package var reason: String
        /// Why the data is not consistent or not complete, where the operator allowed that; nil for all others, and in
        /// sets of earlier releases.
        package var inconsistency: String?
        /// From the first statement that can block writers to the grant.
        package var waitedSeconds: Double?
        package var heldSeconds: Double?
        /// Seconds of the host's monotonic clock, for comparing with other clocks of the same boot.
        package var grantedAt: Double?
        package var releaseSentAt: Double?
        /// Nil where nothing was locked, and in sets of earlier releases.
        package var timings: LockTimings?

        private enum CodingKeys: String, CodingKey {
            case plan, reason, inconsistency
            case waitedSeconds = "waited_seconds"
            case heldSeconds = "held_seconds"
            case grantedAt = "granted_at"
            case releaseSentAt = "release_sent_at"
            case timings
        }
    }

    package struct SnapshotFacts: Codable, Equatable, Sendable {
        package var name: String
        package var device: String
        package var uuid: String
        package var isThin: Bool
        /// Whether it stays: the snapshot is the backup.
        package var isKept: Bool
        /// The seconds that the creating command took.
        package var creationSeconds: Double?
        /// The highest share of the snapshot, or of its pool, that was measured to be in use before the manifest was written;
        /// nil where none was, and in sets of earlier releases.
        package var peakUsage: Double?

        private enum CodingKeys: String, CodingKey {
            case name, device, uuid
            case isThin = "is_thin"
            case isKept = "is_kept"
            case creationSeconds = "creation_seconds"
            case peakUsage = "peak_usage"
        }
    }

    package struct RecoveryFacts: Codable, Equatable, Sendable {
        package var clean: Bool
    }

    package struct ArchiveFacts: Codable, Equatable, Sendable {
        /// The archive's file in the set, "-", or what a replaced archiver calls the place.
        package var location: String
        /// Nil where a replaced archiver does not say, and so the next two.
        package var bytes: Int64?
        /// Bytes read, holes left out.
        package var sourceBytes: Int64?
        package var members: Int?
        package var compression: String?
        package var excludes: [String]
        /// Absolute paths that are in the archive under `.lvmbackup/outside`.
        package var outside: [String]
        /// The set's files, this one apart.
        package var parts: [ArchiveDetails.Part]

        private enum CodingKeys: String, CodingKey {
            case location, bytes
            case sourceBytes = "source_bytes"
            case members, compression, excludes, outside, parts
        }

        /// An unknown number is null: the key tells that it was asked for.
        package func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(location, forKey: .location)
            try values.encode(bytes, forKey: .bytes)
            try values.encode(sourceBytes, forKey: .sourceBytes)
            try values.encode(members, forKey: .members)
            try values.encodeIfPresent(compression, forKey: .compression)
            try values.encode(excludes, forKey: .excludes)
            try values.encode(outside, forKey: .outside)
            try values.encode(parts, forKey: .parts)
        }
    }
}

extension Manifest {
    /// Whether the data is known to be consistent, and a server has started on it: in the run, or in a verification.
    func isProven(by verification: VerifiedMark?) -> Bool {
        let hasStarted = verification.map { $0.level == VerifiedMark.start && $0.damage == nil } ?? false
        return unproven.isEmpty && lock?.inconsistency == nil && (recovery?.clean ?? false || hasStarted)
    }

    /// When the data was as the backup has it.
    package var moment: Timestamp { snapshotTaken ?? started }

    /// The origin of the data: backups of one source replace each other.
    package var source: Source {
        Source(
            host: host,
            machine: machine,
            volume: volume?.name,
            volumeUUID: volume.flatMap { $0.uuid.isEmpty ? nil : $0.uuid },
            serverUUID: server?.uuid,
            datadir: server?.datadir
        )
    }
}
