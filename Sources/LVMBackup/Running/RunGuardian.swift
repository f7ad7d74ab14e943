import Host
import Lifecycle

/// The run's guardian, from the moment on at which the volume is locked.
struct RunGuardian: Sendable {
    let configuration: Configuration
    let launcher: GuardianLauncher?

    /// Starts the guardian; it ends when everything else is released.
    ///
    /// - Throws: `HostError` where there is a launcher and its guardian does not come up.
    func begin(_ run: Run, _ lock: RunLock) async throws {
        guard let launcher else {
            return run.note("no guardian: if this process is killed, the next run cleans up", level: .debug)
        }
        let guardian = try await launcher.start(run: run.id, configuration: configuration, lock: lock)
        run.undoAtEnd(
            Release("guardian", deadline: .seconds(10)) { try await guardian.goodbye() }
        )
    }
}
