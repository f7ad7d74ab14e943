/// When a fault strikes at its point.
package enum FaultMoment: String, CaseIterable, Sendable {
    /// Before the work is begun.
    case entry
    /// The work is done, and its caller has not been told.
    case middle
    /// The caller has been told, and has taken over the acquired resource.
    case exit
}
