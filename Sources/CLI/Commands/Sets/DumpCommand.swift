import Archive
import ArgumentParser
import Glibc
import LVMBackup

struct DumpCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Write databases or tables of a backup set as SQL to standard output.",
        discussion: """
            The server's own dump program reads from a private server on the set. A dump that failed ends with a line that \
            no client accepts, and with an exit status other than 0. Tables of one database come without its name, so that \
            they can be loaded into any other; whole databases come with theirs.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @Argument(help: SetOptions.setHelp, completion: LiveCompletion.sets) var set: String
    @Argument(
        help: ArgumentHelp(
            "Databases, or tables of one database (default: each database but those of the system).",
            valueName: "database[.table]"
        )
    )
    var names: [String] = []
    @OptionGroup var options: OpenOptions
    @OptionGroup var talk: QuietOption

    func perform() async throws -> Int32 {
        let selection = try DumpSelection(names)
        let namespace = try ProcessWide.isolate()
        let opening = try await options.opening(of: set, in: namespace)
        let ending = try await ProcessWide.untilSignal { [opening] in
            await opening.run { try await Dump(selection, onWarning: options.warn).run(on: $0) }
        }
        let isComplete = if case .success(0) = ending.result { true } else { false }
        if !isComplete { write(Dump.failureMark, to: STDOUT_FILENO) }
        return try OpeningEnd(ending: ending).status()
    }
}
