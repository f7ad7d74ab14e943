import Host
import Lifecycle

/// The failed releases of a stale run's record.
struct FailedReleases: ExplainedError, RepairableError {
    let record: String
    private let statementCommand: @Sendable (String) -> String
    private(set) var reasons: [String] = []
    private var commands: [String] = []

    /// - Parameter statementCommand: how an operator sends a statement to the server from a shell.
    init(record: String, statementCommand: @escaping @Sendable (String) -> String) {
        self.record = record
        self.statementCommand = statementCommand
    }

    mutating func append(_ undo: Release.Undo, _ reason: String) {
        reasons.append(reason)
        commands.append(undo.asCommand(statementCommand))
    }

    /// Once it is done by hand, or known to be done, it is not tried again.
    var repair: String? { (commands + ["rm " + quotedForShell(record)]).joined(separator: " && ") }

    var failure: Failure { Failure(.failed, reasons.joined(separator: "; ")) }
}
