import ArgumentParser
import LVMBackup

struct BackupCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the running server (the default).",
        helpNames: [.customShort("?"), .long]
    )

    @Argument(
        help: """
            Directory that receives the backup set, on another volume than the data; "-" writes the archive to \
            standard output.
            """,
        completion: .directory
    )
    var backupDirectory: String?

    @OptionGroup(title: "General options") var general: GeneralOptions
    @OptionGroup(title: "Report options") var report: ReportOptions
    @OptionGroup(title: "LVM options") var lvm: LVMOptions
    @OptionGroup(title: "MySQL connection options") var connection: ConnectionOptions
    @OptionGroup(title: "Lock and recovery options") var lock: LockOptions
    @OptionGroup(title: "Archive options") var archive: ArchiveOptions
    @OptionGroup(title: "Hook options") var hooks: HookOptions

    func validate() throws {
        if let backupDirectory { try Misspelling.checkDirectory(backupDirectory) }
    }

    func perform() async throws -> Int32 {
        let settings = try layered(environment: ProcessWide.environment)
        var configuration = try settings.configuration()
        configuration.warnings = Settings.warnings(about: ProcessWide.environment)
        if connection.password { configuration.password = try promptForPassword() }
        let output = try Output(
            settings: settings,
            isStream: configuration.destination == "-",
            traces: report.trace
        )
        return try await ProcessWide.run(configuration: configuration, output: output, hooks: hooks)
    }

    /// The file's settings under the environment's under the options'.
    func layered(environment: [String: String]) throws -> Settings {
        var settings = try general.fileSettings()
        settings.override(with: try .fromEnvironment(environment))
        var options = Settings()
        let groups: [any SettingsGroup] = [general, report, lvm, connection, lock, archive, hooks]
        for group in groups { group.fill(&options) }
        options.set(.backupDirectory, backupDirectory)
        settings.override(with: options)
        return try settings.withoutEmptyTexts()
    }
}
