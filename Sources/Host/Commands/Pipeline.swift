/// Programs that run at the same time, each reading what the one before it writes: a shell's pipeline without a shell.
package struct Pipeline: Sendable {
    package var commands: [Command]
    /// The path of a file that takes the last one's output; nil: it is kept, as that of any command.
    package var output: String?

    package init(_ commands: [Command], output: String? = nil) {
        self.commands = commands
        self.output = output
    }

    /// Runs all of them to their ends.
    ///
    /// - Parameter check: throws where a result is not acceptable; no file is written then.
    /// - Throws: ``HostError``, the error of `check`; `CancellationError`. The programs have ended then.
    package func run(
        by runner: Commands,
        check: ([CommandResult]) throws -> Void
    ) async throws -> [CommandResult] {
        let file = try output.map { try CommandFile($0) }
        do {
            let results = try await runAll(connected(to: file), by: runner)
            try check(results)
            try file?.publish()
            return results
        } catch {
            file?.discard()
            throw error
        }
    }

    private func connected(to file: CommandFile?) throws -> [Command] {
        var commands = commands
        for index in commands.indices.dropFirst() {
            let (read, write) = try CommandEnd.pipe()
            commands[index - 1].standardOutput = write
            commands[index].standardInput = read
        }
        if let file { commands[commands.count - 1].standardOutput = file.end }
        return commands
    }

    /// A program that cannot be started ends the others.
    private func runAll(_ commands: [Command], by runner: Commands) async throws -> [CommandResult] {
        try await withThrowingTaskGroup(of: (index: Int, result: CommandResult).self) { group in
            for (index, command) in commands.enumerated() {
                group.addTask { (index, try await runner.run(command)) }
            }
            var results = [CommandResult](repeating: CommandResult(), count: commands.count)
            for try await (index, result) in group { results[index] = result }
            return results
        }
    }
}
