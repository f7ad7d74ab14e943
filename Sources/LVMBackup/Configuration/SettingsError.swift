public import Lifecycle

/// A setting that cannot be used.
public struct SettingsError: ExplainedError, Equatable, CustomStringConvertible {
    /// The setting, its place, and the error in it.
    public var message: String
    public var advice: String?

    public init(_ message: String, advice: String? = nil) {
        self.message = message
        self.advice = advice
    }

    public var description: String { message }
    public var failure: Failure { Failure(.unsuitable, message, advice: advice) }
}
