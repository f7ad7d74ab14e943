/// Performs a step: a hook that replaces it, or the built-in handler, which is always asked last.
package protocol StepProvider<Output>: Sendable {
    associatedtype Output: Sendable

    /// How messages name this provider, such as "mysql" or "lvm".
    var name: String { get }

    /// Performs the step, or declines it as another provider's.
    ///
    /// - Throws: the failure; the next provider is *not* asked then.
    func provide(_ run: Run) async throws -> Provision<Output>

    /// The commands and statements that a dry run prints in place of performing the step.
    func plan(_ run: Run) async throws -> [String]

    /// Checks or completes the result of a hook that performed the step in this provider's place.
    ///
    /// - Throws: an error that fails the step. The result's release has to be on the run's stack then.
    func adopt(_ output: Output, _ run: Run) async throws -> Output
}

extension StepProvider {
    /// Takes the result as it is.
    package func adopt(_ output: Output, _ run: Run) async throws -> Output { output }
}

/// A provider's answer.
public enum Provision<Output: Sendable>: Sendable {
    /// The provider performed the step, with this result.
    case result(Output)
    /// The provider declines, for this reason; the next provider is asked.
    case declined(String)
}

extension Provision where Output == Void {
    /// The step is done; it has no result.
    public static var done: Self { .result(()) }
}
