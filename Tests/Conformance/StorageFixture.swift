package import Host
package import Lifecycle
package import Storage
import TestSupport

/// A storage with the data of a server on it, as the tests of one implementation make it.
package protocol StorageFixture: Sendable {
    /// A private directory for run locks and records.
    var scratch: String { get }
    /// A server whose data directory is on the storage, and whose living process has a file of it open.
    var server: Server { get throws }
    /// Whether snapshots can be mounted here.
    var canMount: Bool { get }

    /// The storage of a new run.
    func makeStorage() -> any SnapshotStorage

    /// The names of all snapshots that there are.
    func snapshots() async throws -> [String]

    /// Makes a snapshot that carries the marks of another run.
    func leaveSnapshot(of run: String, by identity: Identity) async throws

    /// Removes a snapshot behind its run's back.
    func lose(_ snapshot: String) async throws

    /// Runs the command of a release, as a guardian does.
    func execute(_ words: [String]) async throws

    /// Writes a text into a file of the data; where `canMount`.
    ///
    /// - Returns: the file's path from the data directory.
    func write(_ text: String) async throws -> String
}

extension StorageFixture {
    var locks: String { scratch + "/locks" }

    /// A cleanup of what stale runs left in the storage.
    func makeCleanup() throws -> StaleRunCleanup {
        StaleRunCleanup(
            makeStorage().volumes,
            identity: try Identity.current(),
            lockDirectory: locks,
            recordDirectory: scratch + "/runs",
            undo: { _ in }
        )
    }

    /// Takes a run through the steps of the storage, without a database.
    ///
    /// - Parameters:
    ///   - server: nil: the fixture's.
    ///   - isDryRun: plans the steps after `prepare`.
    ///   - storage: nil: a new one.
    ///   - change: binds hooks.
    ///   - look: is called when the snapshot is mounted.
    func run(
        _ server: Server? = nil,
        isDryRun: Bool = false,
        storage: (any SnapshotStorage)? = nil,
        change: (inout HookTable) -> Void = { _ in },
        look: @escaping @Sendable (Run) async throws -> Void = { _ in }
    ) async throws -> Outcome {
        let storage = storage ?? makeStorage()
        let server = try server ?? self.server
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.provide(.connect) { _ in Connection(server: server) }
        hooks.provide(.locate, by: storage.locate)
        hooks.provide(.prepare) { run in try await self.prepare(run, storage) }
        hooks.provide(.lock) { _ in Lock(plan: "none", reason: "there is no database") }
        hooks.provide(.snapshot, by: storage.snapshot)
        if canMount {
            hooks.provide(.mount, by: storage.mount)
        } else {
            hooks.provide(.mount) { _ in Mount(path: "/", mountPoint: "/", release: Release("mount") {}) }
        }
        hooks.provide(.archive) { run in
            try await look(run)
            return ArchivedCopy(location: "nowhere", bytes: 0, files: 0)
        }
        hooks.provide(.publish) { run in BackupSet(id: run.id, location: "nowhere") }
        change(&hooks)
        var options = EngineOptions()
        options.isDryRun = isDryRun
        let environment = EngineEnvironment(
            host: "h",
            runID: "r-\(UInt32.random(in: 0 ... .max))",
            runUndo: { undo in if case .exec(let words) = undo { try await self.execute(words) } },
            intend: { _ in }
        )
        return await Engine(hooks: hooks, options: options, environment: environment).run()
    }

    private func prepare(_ run: Run, _ storage: any SnapshotStorage) async throws {
        guard let volume = run.location?.volume else { throw Disagreement("no volume was located") }
        let owner = RunLock.Owner(run: run.id, pid: try Identity.current().pid, since: run.started)
        let lock = try RunLock(volume.fullName, owner: owner, directory: locks)
        run.undoAtEnd(Release("run lock") { lock.release() })
        try await storage.prepare(run, volume, lock: lock)
    }
}
