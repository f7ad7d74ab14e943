import ArgumentParser
import LVMBackup

struct BackupCommand: StatusCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the running server (the default).",
        helpNames: [.customShort("?"), .long]
    )

    @OptionGroup var options: RunOptions

    func perform() async throws -> Int32 {
        let settings = try layered(environment: ProcessWide.environment)
        let metrics = try MetricsFile(settings)
        do { return try await run(settings, metrics) } catch {
            metrics?.conclude(failure: Failure(error))
            throw error
        }
    }

    private func run(_ settings: Settings, _ metrics: MetricsFile?) async throws -> Int32 {
        let configuration = try options.configuration(settings)
        let output = try Output(
            settings: settings,
            isStream: configuration.destination == "-",
            traces: options.report.trace,
            metrics: metrics
        )
        return try await ProcessWide.run(configuration: configuration, output: output, hooks: options.hooks)
    }

    /// The file's settings under the environment's under the options'.
    func layered(environment: [String: String]) throws -> Settings { try options.layered(environment: environment) }
}
