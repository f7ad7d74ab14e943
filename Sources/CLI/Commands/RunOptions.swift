import ArgumentParser
import LVMBackup

/// The options of a backup, which `check` takes as well.
struct RunOptions: ParsableArguments {
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
    @OptionGroup(title: "Report options") var metrics: MetricsOptions
    @OptionGroup(title: "LVM options") var lvm: LVMOptions
    @OptionGroup(title: "MySQL connection options") var connection: ConnectionOptions
    @OptionGroup(title: "Lock and recovery options") var lock: LockOptions
    @OptionGroup(title: "Archive options") var archive: ArchiveOptions
    @OptionGroup(title: "Hook options") var hooks: HookOptions

    func validate() throws {
        if let backupDirectory { try Misspelling.checkDirectory(backupDirectory) }
    }

    /// The file's settings under the environment's under the options'.
    func layered(environment: [String: String]) throws -> Settings {
        var settings = try general.fileSettings()
        settings.override(with: try .fromEnvironment(environment))
        var options = Settings()
        let groups: [any SettingsGroup] = [general, report, metrics, lvm, connection, lock, archive, hooks]
        for group in groups { group.fill(&options) }
        options.set(.backupDirectory, backupDirectory)
        settings.override(with: options)
        return try settings.withoutEmptyTexts()
    }

    /// The configuration of settings, with the warnings of the environment, and the password that is asked for.
    func configuration(_ settings: Settings) throws -> Configuration {
        var configuration = try settings.configuration()
        try settings.checkForms()
        configuration.warnings = Settings.warnings(about: ProcessWide.environment)
        if connection.password { configuration.password = try promptForPassword() }
        return configuration
    }
}
