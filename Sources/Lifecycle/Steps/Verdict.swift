/// What a `before` hook says about the step that is about to run.
public enum Verdict: Sendable, Equatable {
    /// Go on.
    case proceed
    /// Refuses the run: exit status 4.
    case veto(String)
    /// Not now, without alarm: exit status 75.
    case `defer`(String)
    /// Leaves this step out, where the step table allows it.
    case skip(String)
    /// Asks again after a pause; a run whose attempts are spent is deferred. Refused while the lock is held.
    case retry(String, wait: Duration = .seconds(10), attempts: Int = 5)
}
