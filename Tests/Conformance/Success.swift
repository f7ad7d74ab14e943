import Lifecycle

extension Outcome {
    /// - Throws: ``Disagreement`` where the run failed, or left something behind.
    func requireSuccess() throws {
        try require(failure == nil, "the run failed: \(failure?.message ?? "")")
        try require(leaked.isEmpty, "left behind: \(leaked.map(\.name))")
    }
}
