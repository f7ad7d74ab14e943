extension Command {
    /// How much of each output stream is kept, in bytes.
    package static let outputLimit = 16 << 20

    /// How long a command that was sent TERM has before it is sent KILL.
    static let grace = Duration.seconds(5)
}

extension Commands {
    /// Runs commands on this machine, each in a session of its own and with no other descriptor than the
    /// three standard ones.
    package static let system = Commands { command in
        try await command.pastFaults { try await $0.runOnThread() }
    }
}

extension Command {
    fileprivate func runOnThread() async throws -> CommandResult {
        let cancellation = try Descriptor.pipe()
        return try await withTaskCancellationHandler {
            let outcome = try await SerialThread.once(name: "command") {
                var child = try RunningCommand(self, cancellation: cancellation.read)
                return try child.finish()
            }
            if outcome.wasCancelled { throw CancellationError() }
            return outcome.result
        } onCancel: {
            cancellation.write.poke()
        }
    }
}
