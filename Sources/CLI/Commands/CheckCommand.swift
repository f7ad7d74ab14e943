import ArgumentParser
import Glibc
import LVMBackup

struct CheckCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at everything that backups, restores and hooks need: a line each, and the remedy.",
        discussion: """
            The checks are those of a dry run with the same options: nothing is locked or changed. The exit status is 1 \
            where backups cannot work or the newest good set is older than --critical-age, else 0. With --nagios it is \
            that of a monitoring plug-in: 0, 1, 2 or 3, and the first line has the figures.
            """,
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var options: RunOptions
    @Flag(help: "Print the result as a monitoring plug-in does, for Nagios, Icinga and others.") var nagios: Bool =
        false
    @Option(help: ArgumentHelp("Warn of a newest good set that is older (default: 26h).", valueName: "time"))
    var warnAge: String?
    @Option(help: ArgumentHelp("Fail if the newest good set is older (default: 50h).", valueName: "time"))
    var criticalAge: String?

    func validate() throws {
        guard !nagios || !options.report.json else {
            throw ValidationError("--nagios and --json contradict each other; use one of them")
        }
        _ = try limits()
    }

    func perform() async throws -> Int32 {
        let report = CheckReport(try await examine(), limits: try limits())
        if nagios {
            write(report.nagios, to: STDOUT_FILENO)
            return report.nagiosStatus
        }
        let limit = isatty(STDOUT_FILENO) == 1 ? terminalWidth(STDOUT_FILENO) : nil
        write(options.report.json ? try report.json() : report.text(limit: limit), to: STDOUT_FILENO)
        return report.exitStatus
    }

    /// - Throws: `ValidationError` for wrong usage; each other error is a finding.
    private func examine() async throws -> HostCheck.Report {
        let configuration: Configuration
        do {
            let settings = try options.layered(environment: ProcessWide.environment)
            configuration = try options.configuration(settings)
            _ = try MetricsFile(settings)
        } catch let error as ValidationError {
            throw error
        } catch {
            let failure = Failure(error)
            let finding = CheckFinding("configuration", .failed, failure.message, advice: failure.advice)
            return HostCheck.Report(findings: [finding], newest: nil)
        }
        var findings = [CheckFinding("configuration", .ok, source)]
        findings += configuration.warnings.map { CheckFinding("configuration", .warning, $0) }
        do { _ = try ProcessWide.isolate() } catch {
            let failure = Failure(error)
            findings.append(CheckFinding("host", .failed, failure.message, advice: failure.advice))
        }
        let check = HostCheck(configuration, usesHooks: !options.hooks.noHooks, limits: try limits())
        let report = try await ProcessWide.untilSignal { await check.run() }
        return HostCheck.Report(findings: findings + report.findings, newest: report.newest)
    }

    private var source: String {
        if let config = options.general.config { return "\"\(config)\"" }
        let path = ConfigurationFile.defaultPath
        return ProcessWide.exists(path) ? "\"\(path)\"" : "no file \"\(path)\": options and defaults"
    }

    /// - Throws: `ValidationError`
    func limits() throws -> AgeLimits {
        var limits = AgeLimits()
        if let warnAge { limits.warning = try seconds(warnAge, "--warn-age") }
        if let criticalAge { limits.critical = try seconds(criticalAge, "--critical-age") }
        guard limits.warning <= limits.critical else {
            throw ValidationError("--warn-age has to be at most --critical-age")
        }
        return limits
    }

    private func seconds(_ text: String, _ option: String) throws -> Double {
        guard let duration = Duration(notation: text), duration > .zero else {
            throw ValidationError("\(option) is not a length of time: \"\(text)\"; write it as 90m, 26h or 8d")
        }
        return duration.inSeconds
    }
}
