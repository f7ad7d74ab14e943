import Foundation
import Testing

/// The proof of a set that a run under fault published.
enum SetProof: String, Sendable {
    /// Every file has the manifest's checksum, and plain tar reads the archive to its end.
    case read = "checksums right"
    /// A server started on it, too, whose tables are whole and as they were at the freeze.
    case restored

    /// - Parameters:
    ///   - set: read already.
    ///   - struck: when the fault struck; between lock and publication nothing less than a restore will do.
    ///   - load: the writer's rows.
    static func of(_ set: BackupSet, struck: Double?, load: Load.Report) async throws -> SetProof {
        guard let struck, let lifetime = try set.lifetime, lifetime.contains(struck) else { return .read }
        let lock = set.manifest["lock"]
        let freeze = try #require(lock["granted_at"].number)...#require(lock["release_sent_at"].number)
        try await RestoredServer.of(set) { restored in
            try await expectExactlyTheFreeze(restored, freeze, load, tables: ["innodb"])
            try await expectClosedTables(restored)
        }
        return .restored
    }
}

extension BackupSet {
    /// Seconds of the monotonic clock between the request for its lock and its publication; nil without a lock.
    fileprivate var lifetime: ClosedRange<Double>? {
        get throws {
            let lock = manifest["lock"]
            guard let granted = lock["granted_at"].number, let waited = lock["waited_seconds"].number else {
                return nil
            }
            let text = try #require(manifest["published"].string)
            let published = try Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            let end = monotonicSeconds() + published.timeIntervalSinceNow
            return (granted - waited)...max(granted, end)
        }
    }
}
