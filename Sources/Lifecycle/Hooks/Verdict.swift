/// The answer of a `before` hook about the step that is about to run.
public enum Verdict: Sendable, Equatable {
    /// Go on.
    case proceed
    /// Refuses the run: exit status 4.
    case veto(String)
    /// Defers the run, without alarm: exit status 75.
    case `defer`(String)
    /// Leaves this step out, where the step table allows it.
    case skip(String)
    /// Asks again after a pause. A run without attempts left is deferred. Refused while the lock is held.
    case retry(String, wait: Duration = .seconds(10), attempts: Int = 5)
}
