/// How a run ended.
public struct Outcome: Codable, Equatable, Sendable {
    /// The ways in which a run can end.
    public enum Ending: String, CaseIterable, Codable, Sendable {
        /// The backup, restore or verification is complete.
        case succeeded
        /// A hook refused the run.
        case vetoed
        /// The run has to be tried later.
        case deferred
        /// The run failed, or was aborted.
        case failed
    }

    /// The id of the run.
    public var run: String
    /// The kind of the run.
    public var kind = RunKind.backup
    /// The way in which the run ended.
    public var ending: Ending
    /// Nil where it succeeded.
    public var failure: Failure?
    /// Errors met while the failure was being handled.
    public var suppressed: [Failure] = []
    /// The warnings, in order.
    public var warnings: [String] = []
    /// Hooks whose errors were warnings: subscribers, and hooks after steps.
    public var failedHooks: [String] = []
    /// Whether such a hook makes the status 2.
    public var strictHooks = false
    /// The things that could not be removed.
    public var leaked: [Leak] = []
    /// The published set; nil where none was published.
    public var set: BackupSet?
    /// Seconds that each step took.
    public var timings: [String: Double] = [:]
    /// Seconds from the grant of the lock to its release; nil where nothing was locked.
    public var lockHeldSeconds: Double?
    /// Seconds from the first statement that can block writers to the grant.
    public var lockWaitSeconds: Double?
    /// Seconds that the parts of the lock took; nil where nothing was locked.
    public var lockTimings: LockTimings?

    /// Creates an outcome without details.
    package init(run: String, ending: Ending, failure: Failure? = nil) {
        self.run = run
        self.ending = ending
        self.failure = failure
    }

    /// The exit status of the command; the table is in `docs/configuration.md`.
    public var exitStatus: Int32 {
        if ending == .succeeded { return leaked.isEmpty && !(strictHooks && !failedHooks.isEmpty) ? 0 : 2 }
        return leaked.isEmpty ? Self.exitStatus(of: failure) : 3
    }

    /// The exit status for a failure that left nothing behind.
    public static func exitStatus(of failure: Failure?) -> Int32 {
        switch failure?.kind {
        case .vetoed: 4
        case .deferred: 75
        case .unsuitable: 78
        case .unverified: 5
        case .failed, .cancelled, nil: 1
        }
    }

    private enum CodingKeys: String, CodingKey {
        case run, kind, ending, failure, suppressed, warnings
        case failedHooks = "failed_hooks"
        case strictHooks = "strict_hooks"
        case leaked, set, timings
        case lockHeldSeconds = "lock_held_seconds"
        case lockWaitSeconds = "lock_wait_seconds"
        case lockTimings = "lock_timings"
    }
}
