import Lifecycle
import Synchronization

/// A dry run, whose steps and warnings become findings: the checks are those of a run.
struct RehearsedRun: Sendable {
    let configuration: Configuration
    let hooks: RunHooks

    struct Result: Sendable {
        var findings: [CheckFinding] = []
        var server: Server?
        var volume: Volume?
        /// The name of the lock plan; nil where the built-in provider chose none.
        var plan: String?
    }

    private struct Facts: Sendable {
        var server: Server?
        var volume: Volume?
        var lock: (plan: String, reason: String)?
        var step: StepName?
        var done: Set<StepName> = []
        /// In order, each with the step that gave it.
        var warnings: [(StepName?, String)] = []
    }

    /// The steps that a finding stands for.
    private static let subjects: [(StepName, String)] = [
        (.preflight, "host"), (.connect, "server"), (.prepare, "volume"), (.lock, "lock"), (.snapshot, "snapshot"),
        (.recover, "recovery"),
    ]

    /// A volume is located and prepared: one finding for both.
    private static func subject(of step: StepName) -> StepName { step == .locate ? .prepare : step }

    func run() async -> Result {
        let facts = Mutex(Facts())
        let seen = Seen(facts: facts)
        var backup = Backup(configuration: configuration)
        backup.hooks = hooks
        backup.after(.connect, name: "check") { _, connection in
            seen.note { $0.server = connection.server }
        }
        backup.after(.locate, name: "check") { _, location in
            seen.note { $0.volume = location.volume }
        }
        backup.on { event in seen.hear(event) }
        return result(of: await backup.run(), seen.all)
    }

    /// The facts that the hooks and the events of the run tell.
    private final class Seen: Sendable {
        private let facts: Mutex<Facts>

        init(facts: consuming Mutex<Facts>) { self.facts = facts }

        var all: Facts { facts.withLock { $0 } }

        func note(_ change: (inout Facts) -> Void) { facts.withLock { change(&$0) } }

        func hear(_ event: Event) {
            note { facts in
                switch event.fact {
                case .stepStarted(let step): facts.step = step
                case .stepFinished(let finished) where finished.ending == .done || finished.ending == .planned:
                    facts.done.insert(finished.step)
                    facts.step = nil
                case .warning(let text): facts.warnings.append((facts.step, text))
                case .message(let message): facts.lock = RehearsedRun.plan(message) ?? facts.lock
                default: break
                }
            }
        }
    }

    /// Reads the message of the lock step: `lock plan "stage": MariaDB 10.11.19 has backup stages`.
    private static func plan(_ message: Message) -> (plan: String, reason: String)? {
        guard message.step == .lock, message.text.hasPrefix("lock plan \"") else { return nil }
        let parts = message.text.dropFirst("lock plan \"".count).split(separator: "\": ", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    private func result(of outcome: Outcome, _ facts: Facts) -> Result {
        var result = Result(server: facts.server, volume: facts.volume, plan: facts.lock?.plan)
        let failedStep = outcome.failure.map { Self.subject(of: $0.step ?? .preflight) }
        var hasFailed = false
        for (step, name) in Self.subjects {
            if let failure = outcome.failure, let failedStep, !hasFailed, failedStep <= step {
                hasFailed = true
                result.findings.append(finding(failedStep == step ? name : failedStep.rawValue, failure))
                if failedStep == step { continue }
            }
            let isDone = facts.done.contains(step)
            if isDone, let text = text(step, facts) { result.findings.append(CheckFinding(name, .ok, text)) }
            if hasFailed, !isDone { result.findings.append(CheckFinding(name, .skipped, "not looked at")) }
        }
        if let failure = outcome.failure, !hasFailed {
            result.findings.append(finding(failedStep?.rawValue ?? "run", failure))
        }
        let names = Dictionary(uniqueKeysWithValues: Self.subjects)
        let told = outcome.failure?.message
        for (step, text) in facts.warnings where told.map({ !text.contains($0) }) ?? true {
            result.findings.append(CheckFinding(step.flatMap { names[Self.subject(of: $0)] } ?? "run", .warning, text))
        }
        return result
    }

    /// A run that another one or a hook keeps from its work is no fault of the host.
    private func finding(_ name: String, _ failure: Failure) -> CheckFinding {
        let isOfNow = failure.kind == .deferred || failure.kind == .vetoed
        let place = failure.hook.map { "\($0): " } ?? ""
        return CheckFinding(name, isOfNow ? .warning : .failed, place + failure.message, advice: failure.advice)
    }

    private func text(_ step: StepName, _ facts: Facts) -> String? {
        switch step {
        case .preflight: destination
        case .connect:
            facts.server.map {
                "\($0.flavour) \($0.version), data in \"\($0.datadir)\"" + ($0.isReplica ? ", a replica" : "")
            }
        case .prepare: facts.volume.map(Self.describe)
        case .lock: facts.lock.map { "plan \"\($0.plan)\": \($0.reason)" }
        case .snapshot: facts.volume == nil ? nil : "can be made"
        case .recover: configuration.innodbRecovery ? "by a private server" : "off"
        default: nil
        }
    }

    private var destination: String {
        switch configuration.destination {
        case nil: "no backup directory is needed"
        case "-": "the archive goes to standard output"
        case let path?: "\"\(path)\" can be written to"
        }
    }

    private static func describe(_ volume: Volume) -> String {
        let gibibytes = { (bytes: Int64) in "\((Double(bytes) / 1_073_741_824 * 10).rounded() / 10) GiB" }
        let room =
            volume.pool.map { "in the thin pool \"\(volume.group)/\($0)\"" }
            ?? "its group has \(gibibytes(volume.free)) free"
        return "\"\(volume.fullName)\", \(volume.filesystem), \(gibibytes(volume.size)), \(room)"
    }
}
