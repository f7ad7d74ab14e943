import ArgumentParser

@main
struct LVMBackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lvmbackup")
}
