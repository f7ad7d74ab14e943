import ArgumentParser
import Glibc
import LVMBackup

struct CleanupCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Clean up after stale runs on this machine.",
        discussion: """
            lvmbackup removes only things that provably belong to a stale run of this machine. It lists its other \
            things with the reason why they are kept.
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
        if report.removed.isEmpty, report.resumed.isEmpty, report.leaked.isEmpty { say("nothing to clean up") }
        return report.leaked.isEmpty ? 0 : 3
    }

    private func say(_ line: String) { write(line.printable + "\n", to: STDOUT_FILENO) }
}
