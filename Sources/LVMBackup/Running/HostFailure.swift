public import Host
public import Lifecycle

extension HostError: ExplainedError {
    /// What the machine refused, as a run tells it.
    public var failure: Failure {
        if case .locked = self { return Failure(.deferred, message, advice: advice) }
        return Failure(.failed, message, advice: advice)
    }
}
