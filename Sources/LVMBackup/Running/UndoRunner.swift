import Host
import Lifecycle

/// Runs the data form of a release: for the engine, for the guardian, and for a later run.
struct UndoRunner: Sendable {
    let commands: Commands
    let database: any Database

    /// The time for a command without another limit.
    ///
    /// The engine sets one, by the release's own deadline.
    static let patience = Duration.seconds(600)

    /// - Throws: the error of the command or the server.
    func run(_ undo: Release.Undo) async throws {
        switch undo {
        case .exec(let words): try await execute(words)
        case .sql(let statement): try await database.run(statement)
        }
    }

    private func execute(_ words: [String]) async throws {
        guard let executable = words.first else { return }
        let command = Command(executable, Array(words.dropFirst()), deadline: Self.patience, ending: .terminateOnly)
        try await commands.run(command).checked(command)
    }
}
