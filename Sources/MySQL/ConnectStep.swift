internal import Faults
public import Lifecycle

/// Opens one session to the server, and finds out what it is and where its data lies.
public struct ConnectStep: StepProvider {
    public let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``.
    public func provide(_ run: Run) async throws -> Provision<Connection> {
        let session = try await context.openSession(run, "session")
        do {
            let reading = try await ServerReading.read(session, context.options.dataRules)
            try await Faults.pass("step/connect", .middle)
            for warning in reading.inventory.warnings { run.warn(warning) }
            context.connected(.init(session: session, reading: reading, server: reading.server))
            run.note("connected to \(reading.identity.versionText), data in \"\(reading.variables.datadir)\"")
            return .result(Connection(server: reading.server, release: release(of: session)))
        } catch {
            session.cut()
            throw error
        }
    }

    public func plan(_ run: Run) async throws -> [String] {
        [
            MySQLContext.patience, ServerReading.version, ServerReading.variables, ServerReading.plugins,
            KeyInventory.component, KeyInventory.plugins, EngineInventory.tables, EngineInventory.transactional,
            TablespaceInventory.dictionaries,
        ]
    }

    private func release(of session: Session) -> Release {
        Release("session", deadline: .seconds(2), attempt: session.close, builtIn: session.cut)
    }
}
