import ArgumentParser
import Glibc
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

    @Flag(help: "A hook that fails, and whose error is a warning, makes the exit status 2.")
    var strictHooks: Bool = false

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set an option of a hook file for this run; it goes before the configuration, and into the manifest.",
            valueName: "name.key=value"
        ),
        completion: LiveCompletion.hookOptions
    )
    var given: [GivenHookOption] = []

    func fill(_ settings: inout Settings) {
        settings.set(.hooksDirectory, directory)
        settings.set(.strictHooks, strictHooks ? true : nil)
        for option in given { settings.givenHookOptions[option.hook, default: [:]][option.key] = option.value }
    }
}

extension HookOptions {
    /// Loads the hook files, unless they are to be left out, and warns of files that are none.
    ///
    /// - Throws: `HookError`
    func load(into hooks: inout RunHooks, _ configuration: Configuration) async throws {
        guard !noHooks else { return }
        for warning in try await hooks.load(configuration) {
            write("lvmbackup: \(warning.printable)\n", to: STDERR_FILENO)
        }
    }
}

/// `NAME.KEY=VALUE`.
struct GivenHookOption: ExpressibleByArgument {
    let hook: String
    let key: String
    let value: String

    init?(argument: String) {
        let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let names = sides[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
        (hook, key, value) = (names[0], names[1], sides[1])
    }
}
