/// A database whose running server is backed up, such as MySQL.
///
/// One value serves one run: its steps share the session. `DatabaseProperty` of the tests says what all of them have to do.
package protocol Database: Sendable {
    /// Opens a session, and reads the server's identity and the places of its data.
    var connect: any StepProvider<Connection> { get }
    /// Writes to disk without a lock, so that the locked flush is short; may decline.
    var flush: any StepProvider<Void> { get }
    /// Keeps the data still, or declines the server of another provider.
    var lock: any StepProvider<Lock> { get }
    /// Brings the copy into a state that any server starts on.
    var recover: any StepProvider<Recovery> { get }

    /// Runs the statement of a release in a session of its own, also in a process that took no part in the run.
    ///
    /// - Throws: where the server refuses the statement, or cannot be reached.
    func run(_ statement: String) async throws

    /// The command with which an operator runs such a statement.
    func command(for statement: String) -> String
}
