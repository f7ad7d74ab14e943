import Archive
import ArgumentParser
import FoundationEssentials
import Glibc
import LVMBackup

struct ReportCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "Write a page about the backup sets of a directory: history, gaps, and each run with its lock window.",
        discussion: "The page is one HTML file, without scripts and without anything from elsewhere.",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var sets: SetDirectory
    @Option(
        help: ArgumentHelp("Write the page to FILE, and not to standard output.", valueName: "FILE"),
        completion: .file(extensions: ["html"])
    )
    var output: String?

    func perform() async throws -> Int32 {
        let list = try await SetList.read(try sets.destination())
        let page = ReportPage(list: list, now: Date().timeIntervalSince1970).html
        guard let output else {
            guard write(page, to: STDOUT_FILENO) else {
                throw Failure(.failed, "cannot write to standard output: \(String(cString: strerror(errno)))")
            }
            return 0
        }
        try SavedFile(output).write(page)
        printLine("\"\(output)\" has the report on \(list.items.count) sets")
        return 0
    }
}
