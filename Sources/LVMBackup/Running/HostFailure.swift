package import Host
package import Lifecycle

extension HostError: ExplainedError {
    /// An error of the machine, as a run's failure.
    package var failure: Failure {
        let kind: Failure.Kind =
            switch self {
            case .locked: .deferred
            case .foreignNamespace: .unsuitable
            default: .failed
            }
        return Failure(kind, message, advice: advice)
    }
}
