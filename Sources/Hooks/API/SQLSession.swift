import Lifecycle

/// The session that `run:sql` asks.
package enum SQLSession: String, CaseIterable, Sendable {
    /// The server that is backed up, on a session that only reads.
    case monitor
    /// The server that is backed up, on the session that holds the lock.
    case lock
    /// A private server on the recovered copy.
    case copy

    /// The session that a function of a verb asks at a step.
    init(_ verb: Verb, _ step: StepName?) {
        self =
            switch (verb, step) {
            case (.replace, .flush), (.replace, .lock): .lock
            case (.after, .recover), (.before, .verify), (.after, .verify): .copy
            default: .monitor
            }
    }

    /// The server that answers, in words.
    var server: String {
        switch self {
        case .monitor: "the live server"
        case .lock: "the lock's session"
        case .copy: "the copy"
        }
    }

    /// The sessions of the functions of a step, in words; empty: it is the live server for all.
    static func line(of step: StepName) -> String {
        let verbs: [Verb] = step.rule.allowsReplace ? [.before, .replace, .after] : [.before, .after]
        let asked = verbs.map { (verb: $0, session: SQLSession($0, step)) }
        guard asked.contains(where: { $0.session != .monitor }) else { return "" }
        return asked.map { "\($0.verb.rawValue) \($0.session.server)" }.joined(separator: ", ")
    }
}
