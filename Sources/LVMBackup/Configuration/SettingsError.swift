public import Lifecycle

/// A setting that cannot be used.
public struct SettingsError: ExplainedError, Equatable, CustomStringConvertible {
    /// The setting, its place, and the error in it.
    public var message: String
    /// The remedy for the operator.
    public var advice: String?

    /// Creates an error of a setting.
    public init(_ message: String, advice: String? = nil) {
        self.message = message
        self.advice = advice
    }

    /// The message.
    public var description: String { message }
    /// The error as a run's failure: exit status 78.
    public var failure: Failure { Failure(.unsuitable, message, advice: advice) }
}
