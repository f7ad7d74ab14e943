package import Lifecycle

/// A setting that cannot be used.
package struct SettingsError: ExplainedError, Equatable, CustomStringConvertible {
    /// The setting, its place, and the error in it.
    package var message: String
    /// The remedy for the operator.
    package var advice: String?

    /// Creates an error of a setting.
    package init(_ message: String, advice: String? = nil) {
        self.message = message
        self.advice = advice
    }

    /// The message.
    package var description: String { message }
    /// The error as a run's failure: exit status 78.
    package var failure: Failure { Failure(.unsuitable, message, advice: advice) }
}
