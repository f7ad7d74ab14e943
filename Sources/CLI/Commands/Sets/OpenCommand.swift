import Archive
import ArgumentParser
import LVMBackup

struct OpenCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Run a private server on a backup set, and a client on it.",
        discussion: """
            An archive is restored to scratch space; a kept snapshot is mounted, and does not change. \
            The server has no network, no accounts and no replication; it and its data are removed when the client or the \
            command ends. A command gets the socket in LVMBACKUP_SOCKET and MYSQL_UNIX_PORT, and in place of the word \
            {socket}. The exit status is that of the client or the command.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: SetOptions.setHelp, completion: LiveCompletion.sets) var set: String
    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("After \"--\": a command that runs in place of the client.", valueName: "command")
    )
    var command: [String] = []
    @OptionGroup var options: OpenOptions
    @OptionGroup var talk: QuietOption
    @Flag(help: "Let clients change the data; the changes are lost at the end.") var writable: Bool = false

    func perform() async throws -> Int32 {
        let namespace = try ProcessWide.isolate()
        let opening = try await options.opening(of: set, in: namespace)
        let program = UserProgram(command, environment: ProcessWide.environment, namespace: namespace)
        let began = ContinuousClock.now
        let isInForeground: @Sendable () -> Bool = { program.isRunning }
        let ending = try await ProcessWide.untilSignal(unless: isInForeground) { [opening] in
            await opening.run(isWritable: writable) { set in
                let seconds = (ContinuousClock.now - began).inSeconds
                talk.say("ready after \((seconds * 10).rounded() / 10) s, socket \"\(set.socket)\"")
                return try await program.run(on: set)
            }
        }
        return try OpeningEnd(ending: ending).status()
    }
}
