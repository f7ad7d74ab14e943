import FoundationEssentials
import LVMBackup
import Synchronization

/// Writes the figures of a run to a file when it ends in any way.
final class MetricsFile: Sendable {
    /// The text of this program is less than a tenth of it.
    private static let mostBytes = 1 << 16

    private let file: SavedFile
    private let metrics: Mutex<RunMetrics>

    /// Nil where no file is wanted: no setting, or a dry run.
    ///
    /// - Throws: `Failure` where the path is a directory, a link or a device; `HostError`.
    convenience init?(_ settings: Settings) throws {
        guard let path = settings.text(.metrics), settings.flag(.dryRun) != true else { return nil }
        try settings.checkForm(of: .metrics)
        try self.init(path: path, destination: settings.text(.backupDirectory) ?? "")
    }

    /// - Throws: `Failure` where the path is a directory, a link or a device; `HostError`.
    init(path: String, destination: String, began: Double = Date().timeIntervalSince1970) throws {
        file = try SavedFile(path)
        metrics = Mutex(RunMetrics(destination: destination, began: began))
    }

    func hear(_ event: Event) { metrics.withLock { $0.note(event.fact) } }

    /// Writes the figures of a run that could not begin.
    func conclude(failure: Failure) { conclude(Outcome(run: "", ending: .failed, failure: failure)) }

    /// Writes the figures.
    ///
    /// A failure is a warning: the backup counts.
    func conclude(_ outcome: Outcome, now: Double = Date().timeIntervalSince1970) {
        do {
            let old = try file.text(limit: Self.mostBytes)
            try file.write(metrics.withLock { $0.text(outcome, ended: now, before: old) })
        } catch {
            warn("the metrics are not written: \(Failure(error).message)")
        }
    }

    private func warn(_ line: String) { Console().line("lvmbackup: \(line)", .warning) }
}
