import Archive
import ArgumentParser
import FoundationEssentials
import Glibc
import LVMBackup

struct ListCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the backup sets of a directory, newest first.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var sets: SetDirectory
    @Flag(help: "Print one JSON object a line for each set.") var json: Bool = false
    @Flag(help: "Print the history in a few lines: size, duration and lock of each set, and gaps.") var graph: Bool =
        false

    func validate() throws {
        if json, graph { throw ValidationError("--json and --graph exclude each other") }
    }

    func perform() async throws -> Int32 {
        let list = try await SetList.read(try sets.destination())
        if graph {
            let now = Date().timeIntervalSince1970
            let histories = SetHistory.all(of: list)
            if histories.isEmpty { printLine("\"\(list.destination)\" holds no backup sets") }
            for history in histories {
                if histories.count > 1 { printLine(history.name) }
                for line in ListGraph(history, width: terminalWidth(STDOUT_FILENO), now: now).lines { printLine(line) }
            }
            return 0
        }
        let kept = await KeptStates(of: list.items)
        if json {
            for item in list.items { write(try SetLine(item, kept: kept).json().printableJSON + "\n", to: 1) }
            return 0
        }
        if list.items.isEmpty { printLine("\"\(list.destination)\" holds no backup sets") }
        // Programs that read the table get all of it.
        let limit = isatty(STDOUT_FILENO) == 1 ? terminalWidth(STDOUT_FILENO) : nil
        for line in SetTable(list.items.map { SetLine($0, kept: kept) }, limit: limit).lines { printLine(line) }
        return 0
    }
}
