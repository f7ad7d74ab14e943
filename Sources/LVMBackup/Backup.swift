import FoundationEssentials
import Host
@_exported public import Lifecycle

/// A backup to run: its configuration, and the hooks that a program binds to its steps.
///
/// ```swift
/// var backup = Backup(configuration: Configuration(destination: "/backups"))
/// backup.before(.lock) { run in run.server?.isReplica == true ? .veto("back up the source") : .proceed }
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
    /// The storage and the database; nil: the built-in ones.
    package var technologies: Technologies?

    /// Creates a backup without hooks of the program.
    public init(configuration: Configuration) { self.configuration = configuration }

    /// Notes the calls of hooks and providers, with answers and times; nil: they are not noted.
    public var trace: HookTrace? {
        get { hooks.table.trace }
        set { hooks.table.trace = newValue }
    }

    /// Loads the Lua hook files of a directory, and binds them after the hooks that are bound already.
    ///
    /// - Parameter directory: nil: the configuration's, or /etc/lvmbackup/hooks.d where that exists.
    /// - Returns: warnings, such as those about files that are no hooks.
    /// - Throws: `HookError` for a file that cannot be used or that others could have changed: no hook is bound then.
    public mutating func loadHooks(from directory: String? = nil) async throws -> [String] {
        try await hooks.load(configuration, from: directory)
    }

    /// Takes the backup, and releases all that it acquired.
    ///
    /// - Returns: the outcome, also of a run that failed.
    public func run() async -> Outcome {
        var settled = configuration
        settled.destination = configuration.destination.map(absolute)
        var assembly = Assembly(configuration: settled, guardian: guardian, hearingTimeout: hooks.hearingTimeout)
        assembly.technologies = technologies
        return await assembly.run(hooks.table)
    }

    // MARK: The five verbs

    /// Asks `hook` before a step.
    ///
    /// An error of the hook fails the run.
    ///
    /// ```swift
    /// backup.before(.lock) { run in
    ///     let rows = try await run.sql("SELECT COUNT(*) AS n FROM shop.imports WHERE done = 0")
    ///     return rows.first?["n"]?.integer == 0 ? .proceed : .defer("an import is running")
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - step: the step that may be refused, deferred, skipped or repeated.
    ///   - name: the name of the hook in messages; nil for a number.
    ///   - hook: returns its ``Verdict``.
    public mutating func before(
        _ step: StepName,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run) async throws -> Verdict
    ) {
        hooks.table.before(step, name: name, hook)
    }

    /// Puts a provider in front of a step's built-in one.
    ///
    /// An error of the provider fails the run; the built-in provider is asked only if `hook` declines.
    ///
    /// ```swift
    /// backup.replace(.archive) { run in
    ///     guard let mount = run.mount else { return .declined("there is no mount") }
    ///     let target = "/backups/\(run.id).tar"
    ///     _ = try await run.exec("tar", ["-C", mount.path, "-cf", target, "."], timeout: .seconds(3600))
    ///     return .result(ArchivedCopy(location: target))
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - step: the step to perform.
    ///   - name: the name of the provider in messages; nil for a number.
    ///   - hook: returns the step's result.
    public mutating func replace<Output: Sendable>(
        _ step: ReplaceableStep<Output>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run) async throws -> Provision<Output>
    ) {
        hooks.table.replace(step, name: name, hook)
    }

    /// Runs `hook` after a step's success, with the step's result.
    ///
    /// An error of the hook is a warning.
    ///
    /// ```swift
    /// backup.after(.snapshot) { run, snapshot in run.note("frozen as \(snapshot.name)") }
    /// ```
    ///
    /// - Parameters:
    ///   - step: the step that has succeeded.
    ///   - name: the name of the hook in messages; nil for a number.
    ///   - hook: receives the result.
    public mutating func after<Output: Sendable>(
        _ step: Step<Output>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run, Output) async throws -> Void
    ) {
        hooks.table.after(step, name: name, hook)
    }

    /// Lets `hook` change a value.
    ///
    /// The result is checked as if an operator had typed it. An error of the hook fails the run.
    ///
    /// ```swift
    /// backup.filter(.archiveExclude) { run, patterns in patterns + ["*.tmp"] }
    /// ```
    ///
    /// - Parameters:
    ///   - filter: the value to change.
    ///   - name: the name of the hook in messages; nil for a number.
    ///   - hook: returns the value, changed or not.
    public mutating func filter<Value: Sendable>(
        _ filter: Filter<Value>,
        name: String? = nil,
        _ hook: @escaping @Sendable (Run, Value) async throws -> Value
    ) {
        hooks.table.filter(filter, name: name, hook)
    }

    /// Calls `hear` for each event; the run does not wait for it.
    ///
    /// ```swift
    /// backup.on { event in
    ///     if case .unlocked(let seconds) = event.fact { print("locked for \(seconds) s") }
    /// }
    /// ```
    ///
    /// - Parameter hear: receives the events in their order.
    public mutating func on(_ hear: @escaping @Sendable (Event) async -> Void) {
        hooks.table.on(hear)
    }
}

/// The destination for a process with another working directory, such as the guardian.
func absolute(_ destination: String) -> String {
    guard destination != "-", !destination.isAbsolutePath else { return destination }
    return FileManager.default.currentDirectoryPath + "/" + destination
}
