/// The work of a run: each kind has steps of its own.
public enum RunKind: String, CaseIterable, Codable, Sendable {
    case backup, restore, verify

    /// The steps in their order.
    public var steps: [StepName] {
        switch self {
        case .backup: StepName.allCases.filter { $0 <= .retain }
        case .restore: [.restore]
        case .verify: [.verify]
        }
    }
}
