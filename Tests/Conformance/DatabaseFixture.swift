package import Lifecycle
import TestSupport

/// A running database, as the tests of one implementation make it.
package protocol DatabaseFixture: Sendable {
    /// A statement whose effect `isDone` sees, and one that the server refuses.
    var statements: (right: String, wrong: String) { get }

    /// The database of a new run.
    func makeDatabase() -> any Database

    /// Whether the right statement was run.
    func isDone() async throws -> Bool

    /// Whether a writer gets its change into the data within a second.
    func canWrite() async throws -> Bool

    /// Ends all sessions of the run behind its back.
    func breakSessions() async throws

    /// Copies the data directory of the server, under the lock.
    ///
    /// - Returns: the copy; nil where no copy can be recovered here.
    func copy(_ datadir: String) async throws -> String?
}

extension DatabaseFixture {
    /// Takes a run through the steps of the database, without a storage.
    ///
    /// - Parameters:
    ///   - change: binds hooks.
    ///   - underLock: is called while the lock is held.
    ///   - look: is called when the copy is recovered.
    package func run(
        _ database: (any Database)? = nil,
        isDryRun: Bool = false,
        change: (inout HookTable) -> Void = { _ in },
        underLock: @escaping @Sendable (Run) async throws -> Void = { _ in },
        look: @escaping @Sendable (Run) async throws -> Void = { _ in }
    ) async -> Outcome {
        let database = database ?? makeDatabase()
        var hooks = HookTable()
        hooks.provide(.preflight) { _ in }
        hooks.provide(.connect, by: database.connect)
        hooks.provide(.locate) { run in try Location(of: run.server) }
        hooks.provide(.prepare) { _ in }
        hooks.provide(.flush, by: database.flush)
        hooks.provide(.lock, by: database.lock)
        hooks.provide(.snapshot) { run in
            try await underLock(run)
            let path = try await self.copy(run.server?.datadir ?? "/")
            return Snapshot(name: "copy", device: path ?? "", check: {}, release: Release("copy") {})
        }
        hooks.provide(.mount) { run in
            let path = run.snapshot?.device ?? ""
            return Mount(path: path, mountPoint: path, release: Release("mount") {})
        }
        hooks.provide(.recover, by: CopyRecovery(database: database))
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
            runUndo: { undo in if case .sql(let statement) = undo { try await database.run(statement) } },
            intend: { _ in }
        )
        return await Engine(hooks: hooks, options: options, environment: environment).run()
    }
}

/// Recovers a copy where there is one.
private struct CopyRecovery: StepProvider {
    let name = "conformance"
    let database: any Database

    func provide(_ run: Run) async throws -> Provision<Recovery> {
        guard run.mount?.path.isEmpty == false else { return .declined("there is no copy") }
        return try await database.recover.provide(run)
    }

    func plan(_ run: Run) async throws -> [String] { try await database.recover.plan(run) }
}

extension Location {
    /// All required files of a server, on one volume.
    fileprivate init(of server: Server?) throws {
        let server = try require(server, "no server")
        let volume = Volume(group: "g", name: "v", device: "/dev/null", size: 1, free: 1, filesystem: "xfs")
        let files = [DataFile(role: .datadir, path: server.datadir)] + server.files.filter(\.isRequired)
        let paths = files.map { file in
            DataPath(role: file.role, path: file.path, pathOnVolume: String(file.path.drop { $0 == "/" }))
        }
        self.init(volume: volume, paths: paths)
    }
}
