package import Host
import Lifecycle
import MySQL

/// How the guardian of a run is started: a process of a program that ends in ``GuardianService/serve(say:)``.
public struct GuardianLauncher: Sendable {
    private let executable: String
    private let arguments: [String]
    private let namespace: MountNamespace?

    /// Creates a launcher of a program that ends in ``GuardianService/serve(say:)``.
    ///
    /// - Parameters:
    ///   - executable: by default the running program itself.
    ///   - arguments: the arguments that make it a guardian.
    public init(executable: String = "/proc/self/exe", arguments: [String] = ["guardian"]) {
        self.init(executable: executable, arguments: arguments, namespace: nil)
    }

    /// - Parameter namespace: the run's own mount namespace, in which every process is the run's; nil where it has none.
    package init(
        executable: String = "/proc/self/exe",
        arguments: [String] = ["guardian"],
        namespace: MountNamespace?
    ) {
        self.executable = executable
        self.arguments = arguments
        self.namespace = namespace
    }

    /// Starts the guardian of a run; it ends when everything else is released: no part of the run outlives it.
    ///
    /// - Parameter lock: the run lock, which the guardian shares; nil where the run has none.
    /// - Throws: `HostError` where the guardian does not come up.
    func watch(_ run: Run, _ configuration: Configuration, lock: RunLock? = nil) async throws {
        let guardian = try await start(run: run.id, configuration: configuration, lock: lock)
        run.undoLast(Release("guardian", deadline: .seconds(10)) { try await guardian.goodbye() })
    }

    /// Starts a guardian, which the caller ends.
    func start(run: String, configuration: Configuration, lock: RunLock?) async throws -> Guardian {
        let request = GuardianRequest(
            run: run,
            mountNamespace: namespace?.inode,
            context: GuardianContext(configuration).asDictionary
        )
        return try await Guardian.start(
            executable: executable,
            arguments: arguments,
            request: request,
            namespace: namespace,
            lock: lock
        )
    }
}
