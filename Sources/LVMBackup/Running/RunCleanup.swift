import Host
import Lifecycle
import Storage

/// Cleans up after stale runs: before a run, as a command of its own, or as a run's guardian.
struct RunCleanup: Sendable {
    private let configuration: Configuration
    private let technologies: Technologies

    /// - Parameter technologies: nil: the built-in ones.
    init(_ configuration: Configuration, _ technologies: Technologies? = nil) {
        self.configuration = configuration
        self.technologies = technologies ?? Technologies(configuration)
    }

    /// The volumes that runs have made.
    var volumes: any OwnedVolumes { technologies.storage.volumes }

    /// The first act of a run.
    ///
    /// A failed removal is a warning: it does not keep the run from its own work.
    ///
    /// - Throws: where looking failed.
    func beforeRun(_ run: Run) async throws {
        let report = try await cleanup().cleanUp(isDryRun: run.isDryRun)
        for name in report.resumed {
            run.warn("a stale run left \"\(name)\" suspended" + (run.isDryRun ? "" : ": it is resumed"))
        }
        for name in report.removed {
            run.note("\(run.isDryRun ? "would remove" : "removed") remains of a stale run: \(name)", level: .notice)
        }
        for finding in report.untouched {
            let advice = finding.isUnclear ? "; to remove it: \(finding.command)" : ""
            let level: Message.Level = finding.isUnclear ? .notice : .debug
            run.note("left alone: \(finding.name): \(finding.reason)\(advice)", level: level)
        }
        for leak in report.leaked {
            run.warn("\(leak.name) of a stale run cannot be removed: \(leak.reason); try: \(leak.repair ?? "")")
        }
    }

    /// - Throws: where this process cannot tell its own identity.
    func cleanup() throws -> StaleRunCleanup {
        let database = technologies.database
        let undo = UndoRunner(commands: .system, database: database)
        return StaleRunCleanup(
            volumes,
            identity: try Identity.current(),
            lockDirectory: configuration.runDirectory,
            recordDirectory: configuration.recordDirectory,
            undo: { entry in
                try entry.checkCondition()
                try await undo.run(entry.undo)
            },
            statementCommand: { database.command(for: $0) }
        )
    }
}

extension StaleRunCleanup.Finding {
    /// The reason why it is kept; empty for a removal.
    var reason: String {
        if case .untouched(let reason) = fate { return reason }
        return ""
    }
}
