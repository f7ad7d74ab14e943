import ArgumentParser
import LVMBackup

struct ReportOptions: ParsableArguments, SettingsGroup {
    @Flag(help: "Print the events of the run as JSON lines on standard output.")
    var json: Bool = false

    @Flag(name: .shortAndLong, help: "Say nothing but warnings and errors.")
    var quiet: Bool = false

    @Flag(name: .shortAndLong, help: "Show the steps of the run as they end; -vv shows debug lines, too.")
    var verbose: Int

    @Option(
        help: ArgumentHelp(
            "Level of the log in place of -v and -q: debug, info, notice, warning or error.",
            valueName: "level"
        ),
        completion: .list(["debug", "info", "notice", "warning", "error"])
    )
    var logLevel: String?

    @Flag(help: "Send the log to syslog as well.")
    var syslog: Bool = false

    @Flag(help: "Send the log to systemd's journal as well, with the run, step and volume as fields.")
    var journal: Bool = false

    @Flag(help: "At the end, print the hooks and providers of each step, with their answers and times.")
    var trace: Bool = false

    @Option(help: ArgumentHelp("How long the whole run may take, such as 2h.", valueName: "time"))
    var timeout: String?

    func validate() throws {
        guard !quiet || verbose == 0 else { throw ValidationError("-q and -v contradict each other; use one of them") }
    }

    /// The time limit that the option gives; nil: none.
    ///
    /// The key of the configuration is for backups.
    ///
    /// - Throws: `SettingsError`
    func limit() throws -> Duration? {
        var settings = Settings()
        settings.set(.timeout, timeout)
        return try settings.configuration().timeout
    }

    func fill(_ settings: inout Settings) {
        settings.set(.json, json ? true : nil)
        settings.set(.quiet, quiet ? true : nil)
        settings.set(.logLevel, logLevel ?? levelOfFlags)
        settings.set(.syslog, syslog ? true : nil)
        settings.set(.journal, journal ? true : nil)
        settings.set(.timeout, timeout)
    }

    /// These flags of the command line go before the level of the configuration.
    private var levelOfFlags: String? {
        if quiet { return "warning" }
        return verbose == 0 ? nil : verbose == 1 ? "info" : "debug"
    }
}
