package import Archive
import Glibc
import Host
import LVM
package import Lifecycle
import MySQL

/// Makes the data of a backup set available for as long as some work takes: an archive is restored to scratch space, a
/// kept snapshot is mounted.
///
/// The set does not change.
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

    /// Restores or mounts the set, does the work, and removes all that was made.
    ///
    /// - Returns: the result's failure is a ``ReadError``, ``ArchiveError``, `LVMError`, `HostError`, ``SettingsError``,
    ///   `CancellationError`, or the work's own.
    package func withData<Value: Sendable>(
        _ work: @escaping @Sendable (RestoredData) async throws -> Value
    ) async -> ReleaseScope.Ending<Value> {
        await RecordedScope(configuration: configuration).run { id, record, scope in
            let data = try await provide(id, record, scope)
            let value = try await work(data)
            try await data.check()
            return value
        }
    }

    /// Restores or mounts the set, for as long as the scope lasts.
    func provide(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> RestoredData {
        // The lock of the set lives as long as the scope.
        let set = try await place.hold()
        scope.add(Release("lock of set \"\(set.name)\"") { withExtendedLifetime(set) {} })
        let isArchive = set.manifest.archive != nil
        // A set without its files is refused before anything is made.
        if isArchive { _ = try await place.open() }
        var data = RestoredData(
            manifest: set.manifest,
            recorded: try Server(set.manifest, of: place.name),
            path: "",
            run: id,
            executable: configuration.serverExecutable,
            acceptedUser: try RecordedScope.user(serverUser),
            record: record,
            scope: scope
        )
        if !isArchive { try await checkServer(data.recorded) }
        if let guardian {
            let started = try await guardian.start(run: id, configuration: configuration, lock: nil)
            scope.add(Release("guardian", deadline: .seconds(10)) { try await started.goodbye() })
        }
        if isArchive { try await restore(to: &data) } else { try await mountKept(KeptData(set), &data) }
        return data
    }

    private func restore(to data: inout RestoredData) async throws {
        let scratch = try makeScratch(for: data)
        var restore = Restore(.set(place), to: scratch.data)
        restore.acceptsAnyServer = acceptsAnyServer
        restore.makesLinksToData = true
        restore.threads = threads
        restore.onProgress = onProgress
        _ = try await restore.run()
        data.path = scratch.data
        data.outside = try await SerialThread.once(name: "outside") { [manifest = data.manifest] in
            try OutsideData(of: manifest, in: scratch.separateOutside())
        }
    }

    private func mountKept(_ kept: KeptData, _ data: inout RestoredData) async throws {
        let mounting = try KeptSnapshotMount(
            run: data.run,
            scope: data.scope,
            lockDirectory: configuration.runDirectory,
            intend: data.record.intend
        )
        let mounted = try await mounting.mount(kept.snapshot) { [data] in
            try makeScratch(for: data).path
        }
        let place = try await SerialThread.once(name: "data") { try kept.place(in: mounted) }
        data.path = place.datadir.path
        data.outside = .directories(place.outside)
        data.check = mounted.check
    }

    private func makeScratch(for data: RestoredData) throws -> ScratchSpace {
        let scratch = try ScratchSpace(for: data.run, in: scratch ?? place.destination)
        try data.record.intend(RecordedUndo(scratch.undo, for: .scratchDirectory, only: scratch.condition))
        data.scope.add(scratch.release)
        try scratch.make()
        return scratch
    }

    /// Refuses a kept snapshot on which the installed server does not start; a restore does the same for an archive.
    private func checkServer(_ recorded: Server) async throws {
        guard !acceptsAnyServer,
            let refusal = try await InstalledServer.refusal(ofFlavour: recorded.flavour, recorded.version)
        else { return }
        throw ReadError.unusableSet(place.name, why: refusal.why, advice: refusal.advice)
    }
}
