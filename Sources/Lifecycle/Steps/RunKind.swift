/// The work of a run: each kind has steps of its own.
public enum RunKind: String, CaseIterable, Codable, Sendable {
    /// Takes a backup.
    case backup
    /// Restores a set.
    case restore
    /// Verifies a set.
    case verify

    /// The steps in their order.
    public var steps: [StepName] {
        StepName.allCases.filter { $0.rule.kinds.contains(self) }
    }
}
