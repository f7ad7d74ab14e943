internal import Faults
import Host
package import Lifecycle

/// Opens one session to the server, and reads its identity and the place of its data.
package struct ConnectStep: StepProvider {
    package let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``.
    package func provide(_ run: Run) async throws -> Provision<Connection> {
        let session = try await context.openSession(run, "session")
        do {
            let reading = try await ServerReading.read(session, context.options.dataRules)
            try LockPlan.refuseEnginesElsewhere(reading.inventory, isAllowed: context.options.allowsInconsistent)
            // A run that leaves the snapshot as it is, or whose hooks recover, starts no server.
            let recovers = context.options.recovers && !run.isSnapshotOnly && !run.isReplaced(.recover)
            try await proveRights(reading, recovers: recovers)
            if recovers { try await tryRecovery(reading, run) }
            try await Faults.pass("step/connect", .middle)
            for warning in reading.inventory.warnings + reading.inventory.engineWarnings { run.warn(warning) }
            context.connected(.init(session: session, reading: reading, server: reading.server))
            run.note("connected to \(reading.identity.versionText), data in \"\(reading.variables.datadir)\"")
            return .result(Connection(server: reading.server, release: release(of: session)))
        } catch {
            session.cut()
            throw error
        }
    }

    package func plan(_ run: Run) async throws -> [String] {
        [
            MySQLContext.sessionTimeout, ServerReading.version, ServerReading.variables, ServerReading.plugins,
            KeyInventory.component, KeyInventory.plugins, EngineInventory.tables, EngineInventory.openTables,
            EngineInventory.transactional,
            EngineInventory.enabled, TablespaceInventory.dictionaries,
        ]
    }

    /// The recovery runs the server's own program as the server's user: neither may give that user more rights.
    ///
    /// Nor may the server name a directory of another user, because it could not read those files itself. These checks
    /// run before the lock.
    ///
    /// - Parameter recovers: whether the run starts the program.
    /// - Throws: ``MySQLError``, `HostError`.
    func proveRights(_ reading: ServerReading, recovers: Bool) async throws {
        let options = context.options
        guard let process = reading.process else { return }
        try await SerialThread.looking(name: "account") {
            if recovers { _ = try ServerExecutable(options.serverExecutable, of: reading) }
            _ = try Self.account(process, reading)
        }
    }

    private static func account(_ process: ServerProcess, _ reading: ServerReading) throws -> ServerAccount {
        let view = try ProcessView(pid: process.pid)
        guard let datadir = try identity(reading.variables.datadir, view) else {
            let path = reading.variables.datadir
            throw MySQLError.system("open", on: path, reason: "the server's process does not see it")
        }
        let file = try process.openFiles.compactMap { try identity($0, view) }.first
        return try ServerAccount(of: process.pid, owner: datadir, of: file)
    }

    /// - Throws: ``MySQLError/unusable(_:reason:)``, `HostError`.
    private func tryRecovery(_ reading: ServerReading, _ run: Run) async throws {
        let program = context.options.serverExecutable
        guard let process = reading.process else { return }
        let trial = try await SerialThread.looking(name: "trial") {
            RecoveryTrial(
                reading: reading,
                executable: try ServerExecutable(program, of: reading),
                account: try Self.account(process, reading),
                run: run.id
            )
        }
        try await trial.perform()
    }

    /// Nil where the server's process does not see the file.
    private static func identity(_ path: String, _ view: ProcessView) throws -> FileIdentity? {
        guard case .file(let file) = try view.resolve(FileName(path)).end else { return nil }
        return file.status.identity
    }

    private func release(of session: Session) -> Release {
        Release("session", deadline: .seconds(2), handler: session.close, fallback: session.cut)
    }
}
