import ArgumentParser
import LVMBackup

struct HookOptions: ParsableArguments, SettingsGroup {
    @Option(
        name: [.customLong("hooks"), .customLong("hooks-directory")],
        help: ArgumentHelp(
            "Directory of the Lua hook files (default: \(HookLoading.directory), where it exists).",
            valueName: "directory"
        ),
        completion: .directory
    )
    var directory: String?

    @Flag(help: "Leave all hooks out.")
    var noHooks: Bool = false

    func fill(_ settings: inout Settings) {
        settings.set(.hooksDirectory, directory)
    }
}
