import FoundationEssentials
@_exported public import Hooks
@_exported public import Lifecycle

/// A backup to run: its configuration, and the hooks that a program binds to its steps.
///
/// ```swift
/// var backup = Backup(configuration: Configuration(destination: "/backups"))
/// backup.before(.lock) { run in isBusinessHour() ? .defer("it is business hour") : .proceed }
/// backup.on { event in print(event.fact) }
/// let outcome = await backup.run()
/// ```
///
/// Running it changes nothing process-wide: signal handlers, umask and namespaces are the program's own. To abort it,
/// cancel the task that runs it.
public struct Backup: Sendable {
    /// The configuration of the backup.
    public var configuration: Configuration
    /// Watches over the run from outside the process; nil: the next run cleans up after a killed process.
    public var guardian: GuardianLauncher?
    package var hooks = RunHooks()

    /// Creates a backup without hooks of the program.
    public init(configuration: Configuration) { self.configuration = configuration }

    /// Notes the calls of hooks and providers, with answers and times; nil: they are not noted.
    public var trace: HookTrace? {
        get { hooks.table.trace }
        set { hooks.table.trace = newValue }
    }

    /// Loads the Lua hook files of a directory, and binds them after the hooks that are bound already.
    ///
    /// - Parameters:
    ///   - directory: nil: the configuration's, or /etc/lvmbackup/hooks.d where that exists.
    /// - Returns: warnings, such as those about files that are no hooks.
    /// - Throws: `HookError` for a file that cannot be used or that others could have changed: no hook is bound then.
    public mutating func loadHooks(from directory: String? = nil) async throws -> [String] {
        try await hooks.load(configuration, from: directory)
    }

    /// Takes the backup. Does not throw: the outcome says how it ended.
    public func run() async -> Outcome {
        var settled = configuration
        settled.destination = configuration.destination.map(absolute)
        let assembly = Assembly(configuration: settled, guardian: guardian, hearingTimeout: hooks.hearingTimeout)
        return await assembly.run(hooks.table)
    }

    // MARK: The five verbs

    /// Asks `hook` before a step; see ``Verdict`` for its answers. An error fails the run.
    public mutating func before(
        _ step: StepName,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run) async throws -> Verdict
    ) {
        hooks.table.before(step, name: name, hook)
    }

    /// Puts a provider in front of a step's built-in one.
    public mutating func replace<Output: Sendable>(
        _ step: ReplaceableStep<Output>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run) async throws -> Provision<Output>
    ) {
        hooks.table.replace(step, name: name, hook)
    }

    /// Runs `hook` after a step's success, with the step's result. An error is a warning.
    public mutating func after<Output: Sendable>(
        _ step: Step<Output>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run, Output) async throws -> Void
    ) {
        hooks.table.after(step, name: name, hook)
    }

    /// Lets `hook` change a value. An error fails the run.
    public mutating func filter<Value: Sendable>(
        _ filter: Filter<Value>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run, Value) async throws -> Value
    ) {
        hooks.table.filter(filter, name: name, hook)
    }

    /// Calls `hear` for each event; the run does not wait for it.
    public mutating func on(_ hear: @escaping @Sendable (Event) async -> Void) {
        hooks.table.on(hear)
    }
}

/// The destination for a process with another working directory, such as the guardian.
func absolute(_ destination: String) -> String {
    guard destination != "-", !destination.hasPrefix("/") else { return destination }
    return FileManager.default.currentDirectoryPath + "/" + destination
}
