import Lifecycle

/// The reason for a call of a hook's function.
struct HookCall: Sendable {
    var verb: Verb
    var target: String
    var run: Run
    /// The event, for a subscriber.
    var event: Event?
    /// A release or a proof, which may do all that releases need.
    var isRelease = false

    var rank: CallRank { isRelease ? .release : verb == .on ? .event : .step }

    /// How long it waits for a call of a lesser rank; nil: to that one's end.
    var patience: Duration? {
        switch rank {
        case .event: nil
        case .step: run.isLockHeld ? .milliseconds(100) : nil
        case .release: run.isLockHeld ? .milliseconds(100) : .seconds(2)
        }
    }
}

/// The purpose of a call into a hook file: a greater one gets its turn sooner.
enum CallRank: Int, Comparable, Sendable {
    /// A subscriber receives an event; the run does not wait for it.
    case event
    /// The run waits for it.
    case step
    /// A release, a proof or a check: it has to come through.
    case release

    static func < (left: CallRank, right: CallRank) -> Bool { left.rawValue < right.rawValue }
}
