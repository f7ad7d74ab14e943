import ArgumentParser
import Glibc
import LVMBackup

struct CleanupCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Remove what dead runs left on this machine.",
        discussion: """
            Removed is only what provably belongs to a dead run of this machine. Whatever else is lvmbackup's is \
            listed with the reason why it stays.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup(title: "General options") var general: GeneralOptions
    @OptionGroup(title: "MySQL connection options") var connection: ConnectionOptions

    func perform() async throws -> Int32 {
        var settings = try general.fileSettings()
        settings.override(with: try .fromEnvironment(ProcessWide.environment))
        var options = Settings()
        general.fill(&options)
        connection.fill(&options)
        settings.override(with: options)
        var configuration = try settings.withoutEmptyTexts().configuration()
        if connection.password { configuration.password = try promptForPassword() }
        let report = try await Cleanup(configuration: configuration).run()
        let isDry = configuration.dryRun
        for name in report.resumed { say("\(isDry ? "would resume" : "resumed") \(name), which was left suspended") }
        for name in report.removed { say("\(isDry ? "would remove" : "removed") \(name)") }
        for line in report.untouched { say("left alone: \(line)") }
        for leak in report.leaked {
            say("LEFT BEHIND: \(leak.name): \(leak.reason)\(leak.repair.map { "; repair it with: \($0)" } ?? "")")
        }
        if report.removed.isEmpty, report.resumed.isEmpty, report.leaked.isEmpty { say("no dead run left anything") }
        return report.leaked.isEmpty ? 0 : 3
    }

    private func say(_ line: String) { write(line.printable + "\n", to: STDOUT_FILENO) }
}
