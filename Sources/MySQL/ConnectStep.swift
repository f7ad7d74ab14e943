public import Lifecycle

/// Opens one session to the server, and finds out what it is and where its data lies.
public struct ConnectStep: StepProvider {
    public let name = "mysql"
    let context: MySQLContext

    /// - Throws: ``MySQLError``.
    public func provide(_ run: Run) async throws -> Provision<Server> {
        let session = try await context.openSession(run, "session")
        run.undo(
            Release("session", deadline: .seconds(2)) {
                try await session.close()
            } builtIn: {
                session.cut()
            }
        )
        let reading = try await ServerReading.read(session)
        for warning in reading.inventory.warnings { run.warn(warning) }
        context.connected(.init(session: session, reading: reading, server: reading.server))
        run.note("connected to \(reading.identity.versionText), data in \"\(reading.variables.datadir)\"")
        return .result(reading.server)
    }

    public func plan(_ run: Run) async throws -> [String] {
        [
            MySQLContext.patience, ServerReading.version, ServerReading.variables, ServerReading.plugins,
            EngineInventory.tables, EngineInventory.transactional, TablespaceInventory.dictionaries,
        ]
    }
}
