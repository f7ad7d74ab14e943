import Host

/// An `lvm` process that has been started before the lock and waits for its one command.
///
/// Starting and initialising LVM is about half of an lvcreate's time. That half is not under the lock then.
struct PreparedShell: Sendable {
    private let process: WaitingCommand

    /// - Throws: `HostError` where `lvm` cannot be started.
    init() async throws {
        var command = LVMTools.command("lvm", [])
        // With readline, LVM writes a history: without a home directory into the working directory (seen, 2.03.31).
        command.environment["HOME"] = "/dev/null"
        process = try await WaitingCommand.start(command)
    }

    /// Whether it still waits: a shell that could not start its work has ended by itself.
    var isWaiting: Bool { process.isWaiting }

    /// Ends it where it still waits.
    func end() async throws { _ = try await process.finish(input: []) }

    /// Runs lvcreate in it.
    ///
    /// The shell ends with status 0 also where its command failed. The command counts as successful if lvcreate says
    /// "created", or, where LVM is configured to be silent (`log/silent`), if it does not complain. The user of the
    /// snapshot checks it.
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
        guard Self.saysCreated(volume, result.output) || Self.hasNoComplaint(result.standardError) else {
            throw HostError.commandFailed(command: "\(command)", status: result.status, reason: result.reason)
        }
        return result
    }

    /// - Parameter errors: standard error; warnings are no complaint. With `log/command_names` a line
    ///   begins with the command's name.
    static func hasNoComplaint(_ errors: [UInt8]) -> Bool {
        String(decoding: errors, as: UTF8.self).split(separator: "\n").allSatisfy {
            $0.split(whereSeparator: \.isWhitespace).prefix(2).contains("WARNING:")
        }
    }

    static func saysCreated(_ volume: String, _ output: String) -> Bool {
        let sentence = "Logical volume \"\(volume)\" created."
        return output.split(separator: "\n").contains { line in
            let words = line.drop(while: \.isWhitespace)
            return words == sentence || (words.hasPrefix("lvcreate ") && words.hasSuffix(" " + sentence))
        }
    }
}
