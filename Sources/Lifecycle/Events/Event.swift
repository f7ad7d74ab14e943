/// A fact about a run, told to every subscriber.
public struct Event: Sendable, Equatable {
    /// The id of the run.
    public var run: String
    /// Counts from 1 within the run.
    public var sequence: Int
    /// Seconds since 1970.
    public var time: Double
    /// Seconds of the system's monotonic clock.
    public var monotonic: Double
    /// The fact itself.
    public var fact: Fact

    /// Creates an event; only tests and decoders need it.
    package init(run: String, sequence: Int, time: Double, monotonic: Double, fact: Fact) {
        self.run = run
        self.sequence = sequence
        self.time = time
        self.monotonic = monotonic
        self.fact = fact
    }
}

/// The facts that a run publishes.
public enum Fact: Sendable, Equatable {
    /// The run has begun, on this host.
    case started(Started)
    /// A step has begun.
    case stepStarted(StepName)
    /// A step has ended.
    case stepFinished(StepFinished)
    /// A line for the log.
    case message(Message)
    /// A `before` hook asked for another attempt.
    case retrying(Retrying)
    /// The lock was granted.
    case locked(Locked)
    /// The lock was released, so many seconds after its grant.
    case unlocked(heldSeconds: Double)
    /// The snapshot was made.
    case snapshotted(Snapshotted)
    /// How full the exception store or pool is, 0…1.
    case snapshotUsage(Double)
    /// The snapshot is mounted: the data directory is at this path.
    case mounted(path: String)
    /// The data in the snapshot was recovered.
    case recovered(clean: Bool)
    /// A long step has come so far.
    case progress(Progress)
    /// Something needs attention, and the run goes on.
    case warning(String)
    /// The release of a thing begins.
    case releasing(name: String)
    /// A thing was released.
    case released(Released)
    /// A thing could not be released.
    case leaked(Leak)
    /// The archive is written, and not yet published.
    case archived(Archived)
    /// The backup set is published.
    case published(BackupSet)
    /// Older sets were removed or kept.
    case retained(Retention)
    /// A set, or the recovered data, passed its checks.
    case verified(Verification)
    /// A set was restored.
    case restored(Restoration)
    /// A hook did not come back within its deadline and was left behind.
    case abandoned(hook: String)
    /// The run ended well.
    case succeeded
    /// A hook refused the run.
    case vetoed(Failure)
    /// The run has to be tried later.
    case deferred(Failure)
    /// The run failed.
    case failed(Failure)
    /// The last event of each run, with all that is known of it.
    case finished(Outcome)
}
