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
    case started(host: String, dryRun: Bool, kind: RunKind)
    /// A step has begun.
    case stepStarted(StepName)
    /// A step has ended.
    case stepFinished(StepName, seconds: Double, ending: StepEnding)
    /// A line for the log.
    case message(Message)
    /// A `before` hook asked for another attempt after so many seconds.
    case retrying(StepName, reason: String, attempt: Int, of: Int, wait: Double)
    /// The lock was granted, after so many seconds from the first statement that can block writers.
    case locked(plan: String, reason: String, waitedSeconds: Double)
    /// The lock was released, so many seconds after its grant.
    case unlocked(heldSeconds: Double)
    /// The snapshot was made.
    case snapshotted(name: String, device: String, seconds: Double)
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
    case released(name: String, seconds: Double)
    /// A thing could not be released.
    case leaked(Leak)
    /// The archive is written, and not yet published.
    case archived(location: String, bytes: Int64, files: Int)
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

/// How a step ended.
public enum StepEnding: String, CaseIterable, Codable, Sendable {
    /// A provider performed the step.
    case done
    /// A hook left the step out.
    case skipped
    /// Every provider declined, and the step counts as nothing to do.
    case declined
    /// A hook or provider failed, or a hook refused the run.
    case failed
    /// A dry run printed the acts of the step.
    case planned
}

/// A line for the log.
public struct Message: Codable, Equatable, Sendable {
    /// The levels of the log, in ascending order of importance.
    public enum Level: String, Codable, Sendable, CaseIterable {
        /// A detail that helps to find a fault, such as a command.
        case debug
        /// The progress of the run.
        case info
        /// An event that matters to an operator, such as the grant of the lock.
        case notice
    }

    /// The level of the line.
    public var level: Level
    /// The text of the line.
    public var text: String
    /// The step in which it was written; nil outside of steps.
    public var step: StepName?

    /// Creates a line.
    public init(level: Level, text: String, step: StepName? = nil) {
        self.level = level
        self.text = text
        self.step = step
    }
}

/// How far a long step has come.
public struct Progress: Codable, Equatable, Sendable {
    /// The step that makes the progress.
    public var step: StepName
    /// Bytes of data read so far, holes left out.
    public var bytes: Int64
    /// Bytes of data there are to read; nil where unknown.
    public var totalBytes: Int64?
    /// Files that were read so far.
    public var files: Int
    /// 0…1, where a hook tells its progress so: it knows no bytes.
    public var fraction: Double?

    /// Creates the progress of a step that counts bytes.
    public init(step: StepName, bytes: Int64, totalBytes: Int64?, files: Int) {
        self.step = step
        self.bytes = bytes
        self.totalBytes = totalBytes
        self.files = files
    }

    /// Creates the progress of a step that knows a fraction only.
    public init(step: StepName, fraction: Double) {
        self.init(step: step, bytes: 0, totalBytes: nil, files: 0)
        self.fraction = fraction
    }

    private enum CodingKeys: String, CodingKey {
        case step, bytes
        case totalBytes = "total_bytes"
        case files, fraction
    }
}

/// Something that could not be released.
public struct Leak: Codable, Equatable, Sendable {
    /// The name of the thing, as its release has it.
    public var name: String
    /// The reason why it was not released.
    public var reason: String
    /// The command that repairs it.
    public var repair: String?

    /// Creates a leak.
    public init(name: String, reason: String, repair: String?) {
        self.name = name
        self.reason = reason
        self.repair = repair
    }
}
