extension Fact {
    /// The beginning of a run.
    public struct Started: Codable, Equatable, Sendable {
        /// The name of the machine.
        public var host: String
        /// Whether the run only prints most of its acts.
        public var isDryRun: Bool
        /// The kind of the run.
        public var kind: RunKind

        package init(host: String, isDryRun: Bool, kind: RunKind) {
            self.host = host
            self.isDryRun = isDryRun
            self.kind = kind
        }

        private enum CodingKeys: String, CodingKey {
            case host
            case isDryRun = "dry_run"
            case kind
        }
    }

    /// The end of a step.
    public struct StepFinished: Codable, Equatable, Sendable {
        /// The step.
        public var step: StepName
        /// Seconds that the step took.
        public var seconds: Double
        /// How the step ended.
        public var ending: StepEnding

        package init(_ step: StepName, seconds: Double, ending: StepEnding) {
            self.step = step
            self.seconds = seconds
            self.ending = ending
        }
    }

    /// A pause before a step, after which its `before` hooks are asked again.
    public struct Retrying: Codable, Equatable, Sendable {
        /// The step that waits.
        public var step: StepName
        /// The hook's reason.
        public var reason: String
        /// The attempt that follows.
        public var attempt: Int
        /// How many attempts there are.
        public var of: Int
        /// Seconds until the attempt.
        public var wait: Double

        package init(_ step: StepName, _ reason: String, attempt: Int, of limit: Int, wait: Double) {
            self.step = step
            self.reason = reason
            self.attempt = attempt
            self.of = limit
            self.wait = wait
        }
    }

    /// The grant of the lock.
    public struct Locked: Codable, Equatable, Sendable {
        /// The lock plan's name.
        public var plan: String
        /// Why this plan was chosen.
        public var reason: String
        /// Seconds from the first statement that can block writers to the grant.
        public var waitedSeconds: Double

        package init(plan: String, reason: String, waitedSeconds: Double) {
            self.plan = plan
            self.reason = reason
            self.waitedSeconds = waitedSeconds
        }

        private enum CodingKeys: String, CodingKey {
            case plan, reason
            case waitedSeconds = "waited_seconds"
        }
    }

    /// A new snapshot.
    public struct Snapshotted: Codable, Equatable, Sendable {
        /// The snapshot's name.
        public var name: String
        /// Its device node.
        public var device: String
        /// Seconds that its creation took.
        public var seconds: Double

        package init(name: String, device: String, seconds: Double) {
            self.name = name
            self.device = device
            self.seconds = seconds
        }
    }

    /// The end of a release.
    public struct Released: Codable, Equatable, Sendable {
        /// The name of the thing.
        public var name: String
        /// Seconds that its release took.
        public var seconds: Double

        package init(name: String, seconds: Double) {
            self.name = name
            self.seconds = seconds
        }
    }

    /// A written archive.
    public struct Archived: Codable, Equatable, Sendable {
        /// The archive's file in the set, "-", or the word of a hook.
        public var location: String
        /// Bytes that were written; nil where a hook's archiver does not tell.
        public var bytes: Int64?
        /// Files in the archive; nil where a hook's archiver does not tell.
        public var files: Int?

        package init(location: String, bytes: Int64?, files: Int?) {
            self.location = location
            self.bytes = bytes
            self.files = files
        }
    }
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
