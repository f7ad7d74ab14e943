/// When a fault strikes at its point.
public enum FaultMoment: String, CaseIterable, Sendable {
    /// Before the work is begun.
    case entry
    /// The work is done, and whoever asked for it has not heard of it.
    case middle
    /// Whoever asked has heard, and taken over what was acquired.
    case exit
}
