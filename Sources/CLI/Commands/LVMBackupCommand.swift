import ArgumentParser
import LVMBackup

/// The command's root: it only names the subcommands.
struct LVMBackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lvmbackup",
        abstract: "Consistent backups of a running MySQL or MariaDB server from an LVM snapshot.",
        discussion: "Without a subcommand: backup, so that \"lvmbackup /backups\" suffices.",
        version: "lvmbackup \(Version.current)",
        subcommands: [
            BackupCommand.self, ListCommand.self, ShowCommand.self, ReportCommand.self, RestoreCommand.self,
            OpenCommand.self, DumpCommand.self, VerifyCommand.self, KeepCommand.self, UnkeepCommand.self,
            PruneCommand.self, RollbackCommand.self, CleanupCommand.self, CheckCommand.self, ConfigCommand.self,
            HookCommand.self, GuardianCommand.self,
        ],
        defaultSubcommand: BackupCommand.self,
        helpNames: [.customShort("?"), .long]
    )
}

/// A subcommand with an exit status of its own.
protocol StatusCommand: ParsableCommand {
    /// Does the work; answers the exit status.
    ///
    /// - Throws: an error that keeps the command from starting, such as an unusable configuration.
    func perform() async throws -> Int32
}
