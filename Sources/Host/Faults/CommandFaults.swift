internal import Faults

extension Command {
    /// Runs a command past the faults of its name.
    ///
    /// - Parameters:
    ///   - name: the executable's, or the name that a shell of its own is given.
    ///   - run: runs the given command: the intended one, or another in its place.
    func pastFaults(
        as name: String? = nil,
        _ run: (Command) async throws -> CommandResult
    ) async throws -> CommandResult {
        #if DEBUG
            // A trial run is another command than the run that follows it.
            let kind = arguments.contains("--test") ? "test-" : ""
            let point = "command/" + kind + (name ?? String(executable.split(separator: "/").last ?? ""))
            switch Faults.due(point, .entry) {
            case .fail: return .broken
            case .hang(let seconds): return try await run(hanging(for: seconds))
            case .killCommand(let seconds): return try await run(killed(after: seconds))
            case let act?: try await SerialThread.once(name: "fault") { try act.strike(point, .entry) }
            case nil: break
            }
            let result = try await run(self)
            guard let act = Faults.due(point, .exit) else { return result }
            if act == .fail { return .broken }
            try await SerialThread.once(name: "fault") { try act.strike(point, .exit) }
            return result
        #else
            return try await run(self)
        #endif
    }

    #if DEBUG
        /// A command of the same kind that does not end.
        private func hanging(for seconds: Double?) -> Command {
            let limit = seconds.map { Duration.seconds($0) } ?? deadline
            return Command("sleep", ["86400"], deadline: limit, ending: ending)
        }

        private func killed(after seconds: Double) -> Command {
            var command = self
            command.arguments = ["-s", "KILL", "\(seconds)", executable] + arguments
            command.executable = "timeout"
            return command
        }
    #endif
}

#if DEBUG
    extension CommandResult {
        /// A command that failed, or only reports that it failed.
        static let broken = CommandResult(
            status: .exited(5),
            standardError: Array("injected fault".utf8)
        )
    }
#endif
