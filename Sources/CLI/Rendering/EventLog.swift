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
        case .started, .stepStarted, .stepFinished, .message, .retrying, .snapshotUsage, .mounted, .recovered,
            .progress, .warning, .releasing, .released, .leaked, .restored, .abandoned, .succeeded, .vetoed, .deferred,
            .failed, .finished:
            false
        }
    }

    /// The level and text of the fact's log line; nil for facts that others show, such as a failure, which the last
    /// words tell.
    var asLogLine: (Logger.Level, String)? {
        switch self {
        case .stepStarted(let step): (.debug, "\(step.rawValue) …")
        case .stepFinished(let finished): finished.asLogLine
        case .message(let message):
            (message.level.asLogLevel, (message.step.map { "\($0.rawValue): " } ?? "") + message.text)
        case .retrying(let retry):
            (
                .notice,
                "\(retry.step.rawValue): \(retry.reason); attempt \(retry.attempt) of \(retry.of) "
                    + "in \(retry.wait.formatted) s"
            )
        case .locked(let lock):
            (.notice, "locked by plan \"\(lock.plan)\" after \(lock.waitedSeconds.formatted) s (\(lock.reason))")
        case .unlocked(let held): (.notice, "unlocked, held for \(held.formatted) s")
        case .snapshotted(let snapshot):
            (.notice, "snapshot \"\(snapshot.name)\" made in \(snapshot.seconds.formatted) s")
        case .mounted(let path): (.info, "mounted: the copy is at \"\(path)\"")
        case .recovered(let clean): (clean ? .info : .error, clean ? "recovery was clean" : "recovery failed")
        case .warning(let text): (.warning, text)
        case .releasing(let name): (.debug, "releasing \(name)")
        case .released(let release): (.info, "released \(release.name) in \(release.seconds.formatted) s")
        case .leaked(let leak):
            (.error, "left behind: \(leak.name)\(leak.repair.map { "; repair it with: \($0)" } ?? "")")
        case .archived(let archive):
            (.notice, ArchivedSize(archive).sentence ?? "archived at \"\(archive.location)\"")
        case .published(let set): (.notice, "published \"\(set.location)\"")
        case .retained(let retention): retention.asLogLine
        case .verified(let verification): (.info, "verified at the level \"\(verification.level)\"")
        case .restored(let restoration):
            (.info, "restored \(restoration.files) files, \(restoration.bytes.asSize), to \"\(restoration.target)\"")
        case .abandoned(let hook): (.warning, "hook \"\(hook)\" was left behind: it did not come back in time")
        case .finished(let outcome):
            (.info, "run \(outcome.run) \(outcome.ending.rawValue), exit status \(outcome.exitStatus)")
        case .started, .snapshotUsage, .progress, .succeeded, .vetoed, .deferred, .failed: nil
        }
    }
}

extension Fact.StepFinished {
    fileprivate var asLogLine: (Logger.Level, String) {
        switch ending {
        case .done: (.info, "\(step.rawValue): done in \(seconds.formatted) s")
        case .skipped: (.info, "\(step.rawValue): left out")
        case .declined, .failed, .planned: (.debug, "\(step.rawValue): \(ending.rawValue)")
        }
    }
}

extension Retention {
    /// Nil where no set was removed.
    fileprivate var asLogLine: (Logger.Level, String)? {
        removed.isEmpty ? nil : (.notice, "removed older sets: \(removed.joined(separator: ", "))")
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
