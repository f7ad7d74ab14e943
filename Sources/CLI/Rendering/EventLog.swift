import LVMBackup
import Logging

/// Tells the log what happened.
struct EventLog: Sendable {
    let logger: Logger
    /// Leaves out the facts that the summary of a run tells again.
    var isBrief = false

    func hear(_ event: Event) {
        guard let (level, text) = event.fact.asLogLine, !isBrief || !event.fact.isInSummary else { return }
        logger.log(level: level, "\(text)")
    }
}

extension Fact {
    /// Whether ``BackupSummary`` tells it.
    fileprivate var isInSummary: Bool {
        switch self {
        case .locked, .unlocked, .snapshotted, .archived, .published, .retained, .verified: true
        default: false
        }
    }

    /// The level and text of the fact's log line; nil for facts that others show, such as a failure, which the last
    /// words tell.
    var asLogLine: (Logger.Level, String)? {
        switch self {
        case .stepStarted, .stepFinished, .message, .retrying, .progress, .snapshotUsage: duringStep
        case .releasing, .released, .leaked: aboutRelease
        case .finished(let outcome):
            (.info, "run \(outcome.run) \(outcome.ending.rawValue), exit status \(outcome.exitStatus)")
        default: milestone
        }
    }

    private var duringStep: (Logger.Level, String)? {
        switch self {
        case .stepStarted(let step): (.debug, "\(step.rawValue) …")
        case .stepFinished(let step, let seconds, .done): (.info, "\(step.rawValue): done in \(seconds.formatted) s")
        case .stepFinished(let step, _, .skipped): (.info, "\(step.rawValue): left out")
        case .stepFinished(let step, _, let ending): (.debug, "\(step.rawValue): \(ending.rawValue)")
        case .message(let message):
            (message.level.asLogLevel, (message.step.map { "\($0.rawValue): " } ?? "") + message.text)
        case .retrying(let step, let reason, let attempt, let limit, let wait):
            (.notice, "\(step.rawValue): \(reason); attempt \(attempt) of \(limit) in \(wait.formatted) s")
        default: nil
        }
    }

    private var milestone: (Logger.Level, String)? {
        switch self {
        case .locked(let plan, let reason, let waited):
            (.notice, "locked by plan \"\(plan)\" after \(waited.formatted) s (\(reason))")
        case .unlocked(let held): (.notice, "unlocked, held for \(held.formatted) s")
        case .snapshotted(let name, _, let seconds): (.notice, "snapshot \"\(name)\" made in \(seconds.formatted) s")
        case .mounted(let path): (.info, "mounted: the copy is at \"\(path)\"")
        case .recovered(let clean): (clean ? .info : .error, clean ? "recovery was clean" : "recovery failed")
        case .warning(let text): (.warning, text)
        case .archived(_, let bytes, let files): (.notice, "archived \(files) files into \(bytes.asSize)")
        case .published(let set): (.notice, "published \"\(set.location)\"")
        case .retained(let retention) where !retention.removed.isEmpty:
            (.notice, "removed older sets: \(retention.removed.joined(separator: ", "))")
        case .verified(let verification): (.info, "verified at the level \"\(verification.level)\"")
        case .restored(let restoration):
            (.info, "restored \(restoration.files) files, \(restoration.bytes.asSize), to \"\(restoration.target)\"")
        case .abandoned(let hook): (.warning, "hook \"\(hook)\" was left behind: it did not come back in time")
        default: nil
        }
    }

    private var aboutRelease: (Logger.Level, String)? {
        switch self {
        case .releasing(let name): (.debug, "releasing \(name)")
        case .released(let name, let seconds): (.info, "released \(name) in \(seconds.formatted) s")
        case .leaked(let leak):
            (.error, "left behind: \(leak.name)\(leak.repair.map { "; repair it with: \($0)" } ?? "")")
        default: nil
        }
    }
}

extension Failure {
    /// "step: message", with the hook's name where one failed.
    var asLine: String { (step.map { "\($0.rawValue): " } ?? "") + message }
}

extension Message.Level {
    fileprivate var asLogLevel: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        }
    }
}
