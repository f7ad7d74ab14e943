import Host

/// An `lvm` process that has been started before the lock and waits for its one command.
///
/// Starting and initialising LVM is about half of what an lvcreate takes: that half then is not under the lock.
struct PreparedShell: Sendable {
    private let process: WaitingCommand

    /// - Throws: `HostError` where `lvm` can't be started.
    init() async throws {
        process = try await WaitingCommand.start(LVMTools.command("lvm", []))
    }

    /// Runs lvcreate in it.
    ///
    /// The shell ends with status 0 whatever its command did: what counts is that lvcreate says "created".
    ///
    /// - Parameter arguments: words without blanks or quotes.
    /// - Throws: `HostError` as if lvcreate had been run itself.
    func create(_ volume: String, _ arguments: [String]) async throws -> CommandResult {
        let line = (["lvcreate"] + arguments).joined(separator: " ")
        let command = LVMTools.command("lvcreate", arguments)
        guard let result = try await process.finish(input: Array("\(line)\n".utf8)) else {
            throw HostError.commandNotStarted(command: "\(command)", reason: "the shell has been used")
        }
        try result.checked(command)
        guard Self.saysCreated(volume, result.output) else {
            throw HostError.commandFailed(command: "\(command)", status: result.status, reason: result.reason)
        }
        return result
    }

    static func saysCreated(_ volume: String, _ output: String) -> Bool {
        let sentence = "Logical volume \"\(volume)\" created."
        return output.split(separator: "\n").contains { $0.drop(while: \.isWhitespace) == sentence }
    }
}
