/// Why a run did not end as wished, in the parts that an operator needs.
public struct Failure: Error, Codable, Equatable, Sendable {
    /// The kind of ending; it decides the exit status.
    public enum Kind: String, CaseIterable, Codable, Sendable {
        /// Something broke: exit status 1.
        case failed
        /// A hook refused the run: exit status 4.
        case vetoed
        /// Not now: exit status 75.
        case deferred
        /// The configuration, the hook files or the host's layout do not fit: exit status 78.
        ///
        /// No lock was taken, but where a filter of `archive` gave a value that is refused.
        case unsuitable
        /// A set was published, and its verification failed: exit status 5.
        case unverified
        /// A signal, or the caller's cancellation: exit status 1.
        case cancelled
    }

    /// The kind of the failure.
    public var kind: Kind
    /// The failed operation, its object and the cause; lower case, no full stop.
    public var message: String
    /// The remedy for the operator.
    public var advice: String?
    /// Set by the engine.
    public var step: StepName?
    /// The hook or provider that failed; set by the engine.
    public var provider: String?
    /// Where the hook that failed or refused is written, such as "10-lag.lua:3"; set by the engine.
    public var place: String?

    /// Creates a failure; the engine adds step and hook.
    public init(
        _ kind: Kind,
        _ message: String,
        advice: String? = nil,
        step: StepName? = nil,
        provider: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.advice = advice
        self.step = step
        self.provider = provider
    }
}

extension Failure {
    /// Notes the step and hook of the failure, unless they are noted already.
    mutating func name(_ provider: String, _ place: String?) {
        self.place = self.place ?? (self.provider == nil || self.provider == provider ? place : nil)
        self.provider = self.provider ?? provider
    }

    /// The hook, and where it is written; nil where it was no hook.
    public var hook: String? {
        guard let provider, let place else { return nil }
        return "\(provider) (\(place))"
    }
}

/// An error that describes itself as a failure.
public protocol ExplainedError: Error {
    /// The error in the parts that an operator needs.
    var failure: Failure { get }
    /// Of a lock that was not granted: the obstacle, where the provider found it.
    var obstacle: String? { get }
}

extension ExplainedError {
    /// No obstacle: most errors are not of a lock.
    public var obstacle: String? { nil }
}

extension Failure: ExplainedError, CustomStringConvertible {
    /// The failure itself.
    public var failure: Failure { self }
    /// The message.
    public var description: String { message }

    /// Any error as a failure: its own description, a cancellation, or its printed form.
    public init(_ error: any Error) {
        switch error {
        case let error as any ExplainedError: self = error.failure
        case is CancellationError: self.init(.cancelled, "the run was told to stop")
        default: self.init(.failed, String(describing: error))
        }
    }
}
