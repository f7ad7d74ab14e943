package import Lifecycle

/// A provider that answers with a function.
package struct FakeProvider<Output: Sendable>: StepProvider {
    package let name: String
    private let answer: @Sendable (Run) async throws -> Provision<Output>

    package init(_ name: String, answer: @escaping @Sendable (Run) async throws -> Provision<Output>) {
        (self.name, self.answer) = (name, answer)
    }

    package func provide(_ run: Run) async throws -> Provision<Output> { try await answer(run) }

    package func plan(_ run: Run) async throws -> [String] { ["would \(name)"] }
}

extension HookTable {
    /// Lets a function perform a step.
    package mutating func provide<Output: Sendable>(
        _ step: Step<Output>,
        name: String = "test",
        _ answer: @escaping @Sendable (Run) async throws -> Output
    ) {
        provide(step, by: FakeProvider(name) { .result(try await answer($0)) })
    }
}

extension EngineEnvironment {
    /// A run on no machine, with no guardian.
    package static var fake: Self { Self(host: "db1", runID: "r1", runUndo: { _ in }, intend: { _ in }) }
}

extension Volume {
    package static let fake = Volume(group: "g", name: "v", device: "/dev/g/v", size: 1, free: 1, filesystem: "xfs")
}
