import ArgumentParser
import LVMBackup

struct GeneralOptions: ParsableArguments, SettingsGroup {
    @Option(
        name: [.customShort("c"), .long],
        help: ArgumentHelp(
            "Configuration file (default: \(ConfigurationFile.defaultPath), where it exists).",
            valueName: "file"
        ),
        completion: .file(extensions: ["toml"])
    )
    var config: String?

    @Flag(help: "Do the steps up to locating the volume, and print what the others would do.")
    var dryRun: Bool = false

    func fill(_ settings: inout Settings) {
        settings.set(.dryRun, dryRun ? true : nil)
    }

    /// The settings of the configuration file; the default one may be absent.
    func fileSettings() throws -> Settings {
        if let config {
            guard !config.isEmpty else { throw ValidationError("the name of the configuration file must not be empty") }
            return try ConfigurationFile.read(config)
        }
        guard ProcessWide.exists(ConfigurationFile.defaultPath) else { return Settings() }
        return try ConfigurationFile.read(ConfigurationFile.defaultPath)
    }
}
