public import Host
public import Lifecycle

extension HostError: ExplainedError {
    /// What the machine refused, as a run tells it.
    public var failure: Failure {
        let kind: Failure.Kind =
            switch self {
            case .locked: .deferred
            case .foreignNamespace: .unsuitable
            default: .failed
            }
        return Failure(kind, message, advice: advice)
    }
}
