import Host
import Lifecycle
import Storage

/// The work of the process that a ``GuardianLauncher`` starts.
public enum GuardianService {
    /// Waits for the end of the run, and releases what it held if it ended without a goodbye.
    ///
    /// - Parameter say: gets the acts, in lines for the log.
    /// - Throws: where the process was not started as a guardian, or the storage cannot be asked.
    public static func serve(say: @Sendable (String) -> Void) async throws {
        let process = try GuardianProcess()
        let volumes = Technologies(Configuration()).storage.volumes
        try await process.waitForEnd(
            awaiting: volumes.awaitedPrograms,
            ignoring: volumes.ignoredPrograms
        ) { request, warning in
            say("run \(request.run) ended without a goodbye; releasing what it held")
            if let warning { say(warning) }
            let context = GuardianContext(request.context)
            let cleanup = RunCleanup(context.configuration)
            let report = try await cleanup.cleanup().cleanUp(run: request.run)
            for name in report.resumed { say("resumed \(name), which was left suspended") }
            for name in report.removed { say("removed \(name)") }
            for leak in report.leaked { say("left behind: \(leak.name): \(leak.reason); try: \(leak.repair ?? "")") }
        }
    }
}
