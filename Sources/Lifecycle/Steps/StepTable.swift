/// The rules of a step: the hooks that may be bound to it, and the result where no provider performs it.
///
/// The single source of the lifecycle's rules. The registry, the engine, the reference pages and the tests read them
/// here.
package struct StepRule: Sendable {
    /// The step of these rules.
    package let step: StepName
    /// Whether `replace` may put another provider in front of the built-in one.
    package var allowsReplace: Bool { fixedBecause == nil }
    /// Why the step cannot be replaced; nil where it can.
    package let fixedBecause: String?
    /// Whether a `before` hook may leave the step out.
    package let allowsSkip: Bool
    /// Whether the step counts as nothing to do where every provider declines.
    package let mayBeDeclined: Bool
}

extension StepName {
    /// The rules of this step.
    package var rule: StepRule {
        switch self {
        case .preflight: StepRule(self, fixed: "its checks protect the host")
        case .connect, .locate, .lock, .snapshot, .mount, .archive: StepRule(self)
        case .prepare: StepRule(self, fixed: "no run goes on without the run lock and the guardian")
        case .flush, .recover, .verify: StepRule(self, skip: true, declined: true)
        case .publish: StepRule(self, fixed: "a set appears whole or not at all")
        case .retain: StepRule(self, fixed: "it never removes the newest good set", skip: true, declined: true)
        case .restore: StepRule(self, fixed: "it writes only what the set's checksums prove")
        }
    }
}

extension StepRule {
    fileprivate init(_ step: StepName, fixed: String? = nil, skip: Bool = false, declined: Bool = false) {
        self.init(step: step, fixedBecause: fixed, allowsSkip: skip, mayBeDeclined: declined)
    }
}
