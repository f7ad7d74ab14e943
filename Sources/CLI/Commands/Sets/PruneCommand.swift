import Archive
import ArgumentParser
import LVMBackup

struct PruneCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove old backup sets by rules.",
        discussion: """
            The rules are restic's, applied to each server and volume by itself. The newest good set always stays, and so \
            do sets marked by "keep", sets that are being read, and everything that is no set. Try the rules first:

              lvmbackup prune --from /backups --keep-daily 14 --keep-weekly 8 --dry-run
            """,
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var sets: SetDirectory
    @OptionGroup var keep: KeepOptions
    @Option(help: ArgumentHelp("Keep so many good sets of each source in any case.", valueName: "number"))
    var minimum: Int = 1
    @Flag(help: "Print what would be removed, and remove nothing.") var dryRun: Bool = false

    func perform() async throws -> Int32 {
        guard minimum >= 1 else { throw ValidationError("--minimum is at least 1") }
        var settings = try sets.choice.settings()
        keep.fill(&settings)
        let destination = try sets.destination()
        let lines = try await Prune(
            destination: destination,
            try settings.withoutEmptyTexts().configuration(),
            minimum: minimum,
            isDryRun: dryRun
        ).run()
        for line in PruneTable(lines, of: destination, isDryRun: dryRun).text { printLine(line) }
        return lines.contains { $0.failure != nil } ? 1 : 0
    }
}
