import Glibc
package import Host
import MySQL
import Synchronization

/// A program that a user runs on an open set, with the user's terminal and standard streams.
package final class UserProgram: Sendable {
    private let words: [String]
    private let environment: [String: String]
    private let namespace: MountNamespace?
    private let running = Mutex(false)

    /// - Parameters:
    ///   - words: the words of the command; empty for the server's own client.
    ///   - environment: the caller's.
    ///   - namespace: the caller's own mount namespace; the program runs in the one that the caller came from.
    package init(_ words: [String], environment: [String: String], namespace: MountNamespace?) {
        self.words = words
        self.environment = environment
        self.namespace = namespace
    }

    /// Whether the program runs, and has the terminal.
    package var isRunning: Bool { running.withLock { $0 } }

    /// Runs the program until it ends.
    ///
    /// A task that is cancelled ends the program.
    ///
    /// - Returns: its exit status as a shell tells it.
    /// - Throws: `MySQLError`, `HostError`; `CancellationError` where the task was cancelled.
    package func run(on set: OpenSet) async throws -> Int32 {
        var plan = words.isEmpty ? try client(of: set) : command(on: set)
        plan.leaving = namespace
        plan.environment = environment.merging(set.server.clientEnvironment) { $1 }
        plan.environment.merge(RunProcesses.mark(set.run)) { $1 }
        plan.workingDirectory = Self.workingDirectory
        running.withLock { $0 = true }
        defer { running.withLock { $0 = false } }
        return try await AttachedProgram(plan).run()
    }

    private func client(of set: OpenSet) throws -> IsolatedProcess.Plan {
        let program = try ServerProgram(.client, of: set.server.recorded)
        // A server could ask root's client for any file of root's in place of its answer.
        var plan = IsolatedProcess.Plan(program.path, set.server.clientOptions + ["--local-infile=0"])
        plan.program = program.file
        return plan
    }

    private func command(on set: OpenSet) -> IsolatedProcess.Plan {
        let filled = words.map { $0.replacing("{socket}", with: set.server.socket) }
        return IsolatedProcess.Plan(found(filled[0]), Array(filled.dropFirst()))
    }

    /// The user's own PATH counts for the user's own command.
    private func found(_ name: String) -> String {
        guard !name.contains("/") else { return name }
        let places = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
        return places.first { access($0, X_OK) == 0 } ?? name
    }

    private static var workingDirectory: String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        return String(cString: path)
    }
}
