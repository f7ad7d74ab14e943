/// The rules of a step: the hooks that may be bound to it, and the result where no provider performs it.
///
/// The single source of the lifecycle's rules. The registry, the engine, the reference pages and the tests read them
/// here.
package struct StepRule: Sendable {
    /// The step of these rules.
    package let step: StepName
    /// Whether `replace` may put another provider in front of the built-in one.
    package let allowsReplace: Bool
    /// Whether a `before` hook may leave the step out.
    package let allowsSkip: Bool
    /// Whether the step counts as nothing to do where every provider declines.
    package let mayBeDeclined: Bool
    /// The acquired thing, as its release is called in messages; nil where the step acquires nothing.
    package let acquires: String?
}

extension StepName {
    /// The rules of this step.
    package var rule: StepRule {
        switch self {
        case .preflight: StepRule(self)
        case .connect: StepRule(self, replace: true, acquires: "session")
        case .locate: StepRule(self, replace: true, acquires: "run lock")
        case .flush: StepRule(self, replace: true, skip: true, declined: true)
        case .lock: StepRule(self, replace: true, acquires: "lock")
        case .snapshot: StepRule(self, replace: true, acquires: "snapshot")
        case .mount: StepRule(self, replace: true, acquires: "mount")
        case .recover: StepRule(self, replace: true, skip: true, declined: true, acquires: "recovery server")
        case .verify: StepRule(self, replace: true, skip: true, declined: true, acquires: "verification server")
        case .archive: StepRule(self, replace: true, acquires: "partial set")
        case .publish: StepRule(self)
        case .retain: StepRule(self, skip: true, declined: true)
        case .restore: StepRule(self)
        }
    }
}

extension StepRule {
    fileprivate init(
        _ step: StepName,
        replace: Bool = false,
        skip: Bool = false,
        declined: Bool = false,
        acquires: String? = nil
    ) {
        self.init(
            step: step,
            allowsReplace: replace,
            allowsSkip: skip,
            mayBeDeclined: declined,
            acquires: acquires
        )
    }
}
