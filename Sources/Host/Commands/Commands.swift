/// Runs commands: the system, or a test's script.
package struct Commands: Sendable {
    private let perform: @Sendable (Command) async throws -> CommandResult

    package init(_ perform: @escaping @Sendable (Command) async throws -> CommandResult) {
        self.perform = perform
    }

    /// Runs a command to its end.
    ///
    /// A status other than 0 is a value.
    ///
    /// - Throws: ``HostError`` where it cannot be started; `CancellationError` where the task was cancelled and the
    ///   command's ending is ``Command/Ending/terminateThenKill``.
    package func run(_ command: Command) async throws -> CommandResult {
        try await perform(command)
    }

    /// Runs a command that has to succeed.
    ///
    /// - Throws: ``HostError`` where it cannot be started, fails, or does not end in time.
    @discardableResult
    package func checked(_ command: Command) async throws -> CommandResult {
        try await run(command).checked(command)
    }
}
