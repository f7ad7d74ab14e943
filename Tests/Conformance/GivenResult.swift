import Lifecycle

/// A provider that answers with a function.
struct GivenResult<Output: Sendable>: StepProvider {
    let name = "conformance"
    let answer: @Sendable (Run) async throws -> Output

    func provide(_ run: Run) async throws -> Provision<Output> { .result(try await answer(run)) }

    func plan(_ run: Run) async throws -> [String] { [] }
}

extension Outcome {
    /// - Throws: ``Disagreement`` where the run failed, or left something behind.
    func requireSuccess() throws {
        try require(failure == nil, "the run failed: \(failure?.message ?? "")")
        try require(leaked.isEmpty, "left behind: \(leaked.map(\.name))")
    }
}
