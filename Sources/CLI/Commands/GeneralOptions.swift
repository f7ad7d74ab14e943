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

    @Flag(help: "Print the events of the run as JSON lines on standard output.")
    var json: Bool = false

    @Flag(help: "Say nothing but warnings and errors.")
    var quiet: Bool = false

    @Option(help: ArgumentHelp("debug, info, notice, warning or error.", valueName: "level"))
    var logLevel: String?

    @Flag(help: "Send the log to syslog as well.")
    var syslog: Bool = false

    @Option(help: ArgumentHelp("How long the whole run may take, such as 2h.", valueName: "time"))
    var timeout: String?

    func fill(_ settings: inout Settings) {
        settings.set(.dryRun, dryRun ? true : nil)
        settings.set(.json, json ? true : nil)
        settings.set(.quiet, quiet ? true : nil)
        settings.set(.logLevel, logLevel)
        settings.set(.syslog, syslog ? true : nil)
        settings.set(.timeout, timeout)
    }

    /// What the configuration file says; the default one may be absent.
    func fileSettings() throws -> Settings {
        if let config { return try ConfigurationFile.read(config) }
        guard ProcessWide.exists(ConfigurationFile.defaultPath) else { return Settings() }
        return try ConfigurationFile.read(ConfigurationFile.defaultPath)
    }
}
