import Archive
import Glibc
import Host
import Lifecycle

/// The first acts of a run on a backup set, before any step: its guardian, the lock of the set, the facts for hooks.
struct SetRunBeginning: Sendable {
    let configuration: Configuration
    /// Nil: the next command cleans up if this process ends suddenly.
    let guardian: GuardianLauncher?

    /// - Parameter request: completed by the numbers of the set.
    /// - Throws: `ReadError`, `ArchiveError`; `HostError` where the guardian does not come up.
    func begin(
        _ run: Run,
        _ place: SetPlace?,
        request: RestoreRequest? = nil,
        level: ProofLevel? = nil
    ) async throws {
        if let guardian, geteuid() == 0 { try await guardian.watch(run, configuration) }
        guard let place else { return run.begin(on: nil, request: request, level: level?.rawValue) }
        let set = try await request == nil ? place.hold() : refusingDamage { try await place.hold() }
        run.undoAtEnd(Release("lock of set \"\(set.name)\"") { withExtendedLifetime(set) {} })
        // A verification of a kept snapshot needs no archive.
        if level == nil || set.manifest.archive != nil {
            _ = try await request == nil ? place.open() : place.openForRestore()
        }
        var request = request
        request?.members = set.manifest.archive?.members
        request?.bytes = set.manifest.archive?.sourceBytes
        run.begin(on: SetSubject(place, set.manifest), request: request, level: level?.rawValue)
    }
}

extension SetSubject {
    init(_ place: SetPlace, _ manifest: Manifest) {
        var set = BackupSet(
            id: manifest.run,
            location: absolute(place.path),
            manifest: absolute(place.manifestPath)
        )
        set.host = manifest.host
        set.created = manifest.moment.seconds
        // A set of a database that is no server's has none.
        self.init(set, server: try? Server(manifest, of: place.name), coordinates: manifest.coordinates)
    }
}
