import Host
import Lifecycle

/// A pass through the engine whose undos are recorded, so that the guardian or a later run can do them.
struct RecordedRun: Sendable {
    let configuration: Configuration
    let options: EngineOptions
    /// Finds out what the run is about, before its first step.
    var begin: @Sendable (Run) async throws -> Void = { _ in }
    /// Runs the statements of releases.
    var database: any Database

    init(configuration: Configuration, options: EngineOptions) {
        self.configuration = configuration
        self.options = options
        database = Technologies(configuration).database
    }

    /// - Parameter hooks: all that is bound to the run, with its built-in providers; gets the run's record.
    func run(_ hooks: (RunFile) -> HookTable) async -> Outcome {
        let id = RunID.make(time: unixTime())
        let file = RunFile(run: id, directory: configuration.recordDirectory)
        let undo = UndoRunner(commands: .system, database: database)
        var environment = EngineEnvironment(
            host: Identity.hostName(),
            runID: id,
            runUndo: undo.run,
            intend: file.intend
        )
        environment.settle = file.settle
        environment.statementCommand = { [database] in database.command(for: $0) }
        environment.tools = HookTools(connection: configuration.connectionOptions, commands: .system)
        environment.begin = begin
        var options = options
        options.advice = .bySettings
        var outcome = await Engine(hooks: hooks(file), options: options, environment: environment).run()
        // A later run may still release leaked things, and needs the record for it.
        guard outcome.leaked.isEmpty else { return outcome }
        do { try file.remove() } catch { outcome.warnings.append(Failure(error).message) }
        return outcome
    }
}

extension LimitAdvice {
    /// Names the command's options.
    fileprivate static let bySettings = LimitAdvice(
        timeout: "allow it more with --timeout, or see in the log which step was slow",
        lockWait: "find long statements in the process list, or allow more with --lock-wait-timeout",
        lockHeld: "find the slow work under the lock, or allow more with --max-lock"
    )
}
