package import Archive
import FoundationEssentials
import Glibc
import Host
import LVM
import Lifecycle

/// Puts a volume back to the kept snapshot of a set, by `lvconvert --merge`.
package struct Rollback: Sendable {
    /// The things that a rollback changes, for the question before it.
    package struct Proposal: Sendable, Equatable {
        /// The volume, as "group/name".
        package var volume: String
        package var snapshot: String
        /// When LVM made the snapshot, or the moment that the set tells where LVM does not; seconds since 1970.
        package var moment: Double
        /// Bytes.
        package var size: Int64
        /// Snapshots that stay, but to which the volume cannot be put back afterwards.
        package var severed: [String] = []
    }

    private let place: SetPlace
    private let configuration: Configuration
    private let isForced: Bool

    /// - Parameter isForced: accepts a set that does not prove that the snapshot is its own.
    package init(_ place: SetPlace, configuration: Configuration, isForced: Bool = false) {
        self.isForced = isForced
        self.place = place
        self.configuration = configuration
    }

    /// Looks for all that speaks against the rollback; changes nothing.
    ///
    /// - Throws: ``SettingsError``, ``ReadError``, ``ArchiveError``, `LVMError`, `HostError`.
    package func examine() async throws -> Proposal {
        guard geteuid() == 0 else {
            throw SettingsError("root is needed to roll a volume back", advice: "run it with sudo")
        }
        let set = try await place.hold(exclusively: true)
        let found = try await merge().examine(KeptSnapshot(set.manifest, of: set.name), of: Self.volume(of: set))
        return Proposal(
            volume: found.volume,
            snapshot: found.snapshot.fullName,
            moment: found.made ?? set.manifest.moment.seconds,
            size: found.origin.size,
            severed: found.severed
        )
    }

    /// Rolls the volume back, and waits until LVM is done.
    ///
    /// - Throws: as ``examine()``, because things may have changed since the question; `HostError` where LVM failed.
    package func run() async throws {
        let set = try await place.hold(exclusively: true)
        let kept = try KeptSnapshot(set.manifest, of: set.name)
        let merge = try merge()
        let (name, now) = (RunID.make(time: unixTime()), Timestamp(seconds: Date().timeIntervalSince1970))
        // Before LVM removes the snapshot: afterwards nothing else says why it is gone.
        try await set.mark(RollbackMark(at: now, tool: "lvmbackup \(Version.current)"))
        do { try await merge.run(kept, of: Self.volume(of: set), run: name) } catch {
            // The snapshot that is still there says more than the mark, and the first error is the one to tell.
            if try await isThere(kept) { try? await set.mark(nil) }
            throw error
        }
    }

    private func isThere(_ kept: KeptSnapshot) async throws -> Bool {
        try await KeptSnapshots(here: Identity.current()).states(of: [kept]) == [.valid]
    }

    private func merge() throws -> SnapshotMerge {
        SnapshotMerge(here: try Identity.current(), lockDirectory: configuration.runDirectory, isForced: isForced)
    }

    private static func volume(of set: HeldSet) -> String { set.manifest.volume?.uuid ?? "" }
}
