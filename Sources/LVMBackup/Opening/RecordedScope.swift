import Archive
import Glibc
import Host
import Lifecycle

/// Work with a private server outside of a backup run.
///
/// Its things are recorded, so that the guardian or the next command removes it should this process die.
struct RecordedScope: Sendable {
    let configuration: Configuration

    /// Does the work, then releases all that it acquired.
    ///
    /// - Parameter work: gets the id that marks its processes, its record, and the scope.
    func run<Value: Sendable>(
        _ work: (String, RunFile, ReleaseScope) async throws -> Value
    ) async -> ReleaseScope.Ending<Value> {
        let id = RunID.make(time: unixTime())
        let record = RunFile(run: id, directory: configuration.recordDirectory)
        let database = Technologies(configuration).database
        let undo = UndoRunner(commands: .system, database: database)
        var ending = await ReleaseScope.run(
            runUndo: undo.run,
            statementCommand: { database.command(for: $0) }
        ) { scope in
            try Self.checkRoot()
            return try await work(id, record, scope)
        }
        guard ending.leaked.isEmpty else { return ending }
        do { try record.remove() } catch {
            ending.leaked.append(
                Leak(name: "record of run \(id)", reason: Failure(error).message, repair: "lvmbackup cleanup")
            )
        }
        return ending
    }

    /// The user that the operator accepts as the owner of the data, beside those of the server's packages.
    ///
    /// - Throws: ``SettingsError`` where there is no such user.
    static func user(_ name: String?) throws -> UInt32? {
        guard let name else { return nil }
        guard let account = getpwnam(name) else { throw SettingsError("there is no user \"\(name)\" on this host") }
        return account.pointee.pw_uid
    }

    /// - Throws: ``SettingsError``
    static func checkRoot() throws {
        guard geteuid() == 0 else {
            throw SettingsError(
                "root is needed: the data belongs to the server's user, and the server runs as that user",
                advice: "run it with sudo"
            )
        }
    }
}

extension Server {
    /// The server that a set is of.
    ///
    /// - Throws: ``ReadError/unusableSet(_:why:advice:)``
    init(_ manifest: Manifest, of set: String) throws {
        guard let facts = manifest.server else {
            throw ReadError.unusableSet(set, why: "its manifest names no server", advice: nil)
        }
        self.init(
            flavour: facts.flavour,
            version: facts.version,
            datadir: facts.datadir,
            settings: facts.settings,
            plugins: facts.plugins
        )
    }
}
