import Glibc
public import Lifecycle
import Storage

/// Removes the remains of stale runs of this machine, without taking a backup.
public struct Cleanup: Sendable {
    /// The result, in lines for people.
    public struct Report: Sendable, Equatable {
        /// The removed things; in a dry run, those that would be removed.
        public var removed: [String]
        /// Devices that had been left suspended and work again.
        public var resumed: [String]
        /// The things of lvmbackup that are kept, each with the reason.
        public var untouched: [String]
        /// The things that could not be removed.
        public var leaked: [Leak]
    }

    private let configuration: Configuration

    /// Creates a cleanup; of the configuration only the directories, the connection and `dryRun` count.
    public init(configuration: Configuration) { self.configuration = configuration }

    /// - Throws: `Failure` without root; where LVM cannot be asked.
    public func run() async throws -> Report {
        guard geteuid() == 0 else {
            throw SettingsError("root is needed to remove snapshots", advice: "run it with sudo")
        }
        let cleanup = try RunCleanup(configuration).cleanup()
        let report = try await cleanup.cleanUp(isDryRun: configuration.dryRun)
        return Report(
            removed: report.removed,
            resumed: report.resumed,
            untouched: report.untouched.map { "\($0.name): \($0.reason); remove it with: \($0.command)" },
            leaked: report.leaked
        )
    }
}
