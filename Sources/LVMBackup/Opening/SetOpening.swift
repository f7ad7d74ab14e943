package import Archive
import Glibc
import Host
package import Lifecycle
import MySQL

/// Makes the data of a backup set available in scratch space for as long as some work takes. The set does not change.
package struct SetOpening: Sendable {
    package var place: SetPlace
    /// The directory that gets the scratch space; nil: the one of the sets.
    package var scratch: String?
    package var acceptsAnyServer = false
    /// An account as which the server may run beside "mysql" and "mariadb".
    package var serverUser: String?
    /// Nil: one for each core.
    package var threads: Int?
    /// Told of the bytes restored so far, often.
    package var onProgress: @Sendable (Int64) -> Void = { _ in }
    private let configuration: Configuration
    private let guardian: GuardianLauncher?

    /// - Parameter guardian: removes what this process made, should it end suddenly; nil: the next command does.
    package init(_ place: SetPlace, configuration: Configuration, guardian: GuardianLauncher?) {
        self.place = place
        self.configuration = configuration
        self.guardian = guardian
    }

    /// Runs a private server on the set, does the work, and removes all that was made.
    ///
    /// - Parameter isWritable: whether clients may change the data, which is lost at the end.
    /// - Returns: the result's failure is that of ``withData(_:)`` or an `MySQLError`.
    package func run<Value: Sendable>(
        isWritable: Bool = false,
        _ work: @escaping @Sendable (OpenSet) async throws -> Value
    ) async -> ReleaseScope.Ending<Value> {
        await withData { data in
            let server = try await data.start(isWritable: isWritable)
            return try await work(OpenSet(manifest: data.manifest, server: server, run: data.run, data: data.path))
        }
    }

    /// Restores the set to scratch space, does the work, and removes all that was made.
    ///
    /// - Returns: the result's failure is a ``ReadError``, ``ArchiveError``, `HostError`, ``SettingsError``,
    ///   `CancellationError`, or the work's own.
    package func withData<Value: Sendable>(
        _ work: @escaping @Sendable (RestoredData) async throws -> Value
    ) async -> ReleaseScope.Ending<Value> {
        await RecordedScope(configuration: configuration).run { id, record, scope in
            try await work(try await restore(id, record, scope))
        }
    }

    /// Restores the set to scratch space, for as long as the scope lasts.
    func restore(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> RestoredData {
        // The lock of the set lives as long as the scope.
        let files = try await place.open()
        scope.add(Release("lock of set \"\(files.name)\"") { withExtendedLifetime(files) {} })
        let recorded = try Server(files.manifest, of: place.name)
        if let guardian {
            let started = try await guardian.start(run: id, configuration: configuration, lock: nil)
            scope.add(Release("guardian", deadline: .seconds(10)) { try await started.goodbye() })
        }
        let scratch = try ScratchSpace(for: id, in: scratch ?? place.destination)
        try record.intend(scratch.undo, only: scratch.condition)
        scope.add(scratch.release)
        try scratch.make()
        var restore = Restore(.set(place), to: scratch.data)
        restore.acceptsAnyServer = acceptsAnyServer
        restore.threads = threads
        restore.onProgress = onProgress
        _ = try await restore.run()
        return RestoredData(
            manifest: files.manifest,
            recorded: recorded,
            path: scratch.data,
            run: id,
            executable: configuration.serverExecutable,
            acceptedUser: try RecordedScope.user(serverUser),
            record: record,
            scope: scope
        )
    }
}
