/// The name of a stage of a run, in the order in which a backup goes through them; ``RunKind`` has the steps of each run.
public enum StepName: String, CaseIterable, Codable, Hashable, Sendable {
    case preflight, connect, locate, flush, lock, snapshot, mount, recover, verify, archive, publish, retain, restore
}

extension StepName: Comparable {
    /// Earlier steps are less than later ones.
    public static func < (left: StepName, right: StepName) -> Bool {
        left.position < right.position
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
