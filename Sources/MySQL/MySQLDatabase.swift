package import Lifecycle

/// MySQL and MariaDB.
package struct MySQLDatabase: Database {
    package let connect: any StepProvider<Connection>
    package let flush: any StepProvider<Void>
    package let recover: any StepProvider<Recovery>
    let lockStep: LockStep
    private let connection: ConnectionOptions

    package init(options: MySQLOptions) {
        let context = MySQLContext(options: options)
        connect = ConnectStep(context: context)
        flush = FlushStep(context: context)
        lockStep = LockStep(context: context)
        recover = RecoverStep(context: context)
        connection = options.connection
    }

    package var lock: any StepProvider<Lock> { lockStep }

    /// - Throws: ``MySQLError``.
    package func run(_ statement: String) async throws {
        let session = try await Session.open(connection)
        try await session.query(statement, limit: .seconds(10))
        try await session.close()
    }

    package func command(for statement: String) -> String { StatementCommand.text(statement) }
}
