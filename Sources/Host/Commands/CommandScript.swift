import Synchronization

/// Commands that are answered from a list and remembered, for tests.
///
/// No program is run.
package final class CommandScript: Sendable {
    private struct State {
        var answers: [(words: [String], answer: @Sendable (Command) throws -> CommandResult)] = []
        var asked: [Command] = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Answers every command whose words begin with `words`; a later answer goes before an earlier one.
    package func on(_ words: String..., answer: @escaping @Sendable (Command) throws -> CommandResult) {
        state.withLock { $0.answers.insert((words, answer), at: 0) }
    }

    /// Answers with text on standard output and status 0.
    package func on(_ words: String..., say text: String) {
        let result = CommandResult(standardOutput: Array(text.utf8))
        state.withLock { $0.answers.insert((words, { _ in result }), at: 0) }
    }

    /// Every command so far, in order.
    package var asked: [Command] { state.withLock { $0.asked } }

    /// The function for the code under test.
    ///
    /// It throws ``HostError/unscripted(_:)`` for anything unexpected.
    package var commands: Commands {
        Commands { [self] command in
            let answer = state.withLock { state in
                state.asked.append(command)
                let words = [command.executable] + command.arguments
                return state.answers.first { words.starts(with: $0.words) }?.answer
            }
            guard let answer else { throw HostError.unscripted("\(command)") }
            return try answer(command)
        }
    }
}
