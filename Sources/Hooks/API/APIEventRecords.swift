package import Lifecycle

/// The tables in events, and in the results of functions.
extension APIRecord {
    static let failureFields = [
        APIField("kind", .string, words: allWords(of: Failure.Kind.self), required: true, "how it failed"),
        APIField("message", .string, required: true, "the failed operation, its object and the cause"),
        APIField("advice", .string, "the remedy"),
        APIField("step", .string, words: allWords(of: StepName.self), "the step that failed"),
        APIField("provider", .string, "the hook or provider that failed"),
        APIField("place", .string, "where a hook is written, such as \"10-lag.lua:3\""),
    ]

    static let leakFields = [
        APIField("name", .string, required: true, "the thing left behind"),
        APIField("reason", .string, required: true, "why"),
        APIField("repair", .string, "the command that repairs it"),
    ]

    static let messageFields = [
        APIField("level", .string, words: allWords(of: Message.Level.self), required: true, "how loud it is"),
        APIField("text", .string, required: true, "the line"),
        APIField("step", .string, words: allWords(of: StepName.self), "the step that said it"),
    ]

    static let progressFields = [
        APIField("step", .string, words: allWords(of: StepName.self), required: true, "the step"),
        APIField("bytes", .integer, required: true, "bytes read so far; 0 where a hook tells a fraction"),
        APIField("total_bytes", .integer, "bytes that there are to read"),
        APIField("files", .integer, required: true, "files so far"),
        APIField("fraction", .number, form: .fraction, "0 to 1, where a hook tells it by run:progress"),
    ]

    static let retentionFields = [
        APIField("kept", .list, items: .string, required: true, "names of sets that are kept"),
        APIField("removed", .list, items: .string, required: true, "names of sets that were removed"),
        APIField(
            "elsewhere",
            .list,
            items: .string,
            required: true,
            "the `location` of each removed set whose archive a hook has written elsewhere: that is still there"
        ),
    ]

    static let decisionFields = [
        APIField("set", .string, required: true, "the set's directory name"),
        APIField("created", .number, required: true, "when its snapshot was taken, seconds since 1970"),
        APIField("keep", .boolean, required: true, "whether it stays"),
        APIField("reason", .string, required: true, "why"),
        APIField("state", .string, words: allWords(of: RetentionPlan.Decision.State.self), "what it is for the rules"),
    ]

    static let outcomeFields = [
        APIField("run", .string, required: true, "the run's id"),
        APIField("kind", .string, words: allWords(of: RunKind.self), required: true, "which run it is"),
        APIField("ending", .string, words: allWords(of: Outcome.Ending.self), required: true, "how it ended"),
        APIField("failure", .table, of: .failure, "why it did not succeed"),
        APIField("suppressed", .list, of: .failure, required: true, "errors while the failure was handled"),
        APIField("warnings", .list, items: .string, required: true, "the run's warnings"),
        APIField("failed_hooks", .list, items: .string, required: true, "hooks whose errors were warnings"),
        APIField("strict_hooks", .boolean, required: true, "whether such a hook makes the status 2"),
        APIField("leaked", .list, of: .leak, required: true, "the things that could not be removed"),
        APIField("set", .table, of: .set, "the published set"),
        APIField("timings", .table, of: .timings, required: true, "seconds that each step took"),
        APIField("lock_held_seconds", .number, "how long the lock was held"),
        APIField("lock_wait_seconds", .number, "how long writers may have waited for the grant"),
        APIField("lock_timings", .table, of: .lockTimings, "seconds that each part of the lock took"),
    ]

    static let lockTimingsFields = LockTimings.Part.allCases.map { APIField($0.rawValue, .number, meaning(of: $0)) }

    private static func meaning(of part: LockTimings.Part) -> String {
        switch part {
        case .acquire: "from the first statement that can block writers to the grant"
        case .engineLogs: "the flush of the engines' logs"
        case .coordinates: "reading the coordinates, for most plans while the snapshot is made"
        case .snapshot: "the command that makes the snapshot"
        case .release: "from the release statement to the proof that the lock was held until then"
        }
    }

    static let execFields = [
        APIField("status", .integer, required: true, "the exit status, one of those that `ok` allows"),
        APIField(
            "stdout",
            .string,
            required: true,
            "its standard output, 16 MiB at most; empty where it went to a file"
        ),
        APIField("stderr", .string, required: true, "its standard error"),
        APIField("seconds", .number, required: true, "how long it took"),
    ]

    static let pipeFields = [
        APIField("stages", .list, of: .stage, required: true, "each program, in order"),
        APIField(
            "stdout",
            .string,
            required: true,
            "the standard output of the last one, 16 MiB at most; empty where it went to a file"
        ),
        APIField("seconds", .number, required: true, "how long all of it took"),
    ]

    static let stageFields = [
        APIField("program", .string, required: true, "the program's name"),
        APIField("status", .integer, required: true, "its exit status, one of those that its `ok` allows"),
        APIField("stderr", .string, required: true, "its standard error"),
    ]

    static let httpFields = [
        APIField("status", .integer, required: true, "the status, 200 to 299 unless `check = false`"),
        APIField("body", .string, required: true, "the answer's body"),
        APIField("headers", .table, required: true, "by their names, in any case of letters"),
    ]

    static let statFields = [
        APIField("kind", .string, words: ["file", "directory", "link", "other"], required: true, "what it is"),
        APIField("size", .integer, required: true, "bytes"),
        APIField("mode", .string, form: .octal, required: true, "octal, such as \"644\""),
        APIField("uid", .integer, required: true, "the owner"),
        APIField("gid", .integer, required: true, "the group"),
        APIField("mtime", .integer, required: true, "seconds since 1970"),
    ]
}

extension API {
    /// The fields of every event.
    package static let eventFields = [
        APIField("event", .string, required: true, "the event's name"),
        APIField("run", .string, required: true, "the run's id"),
        APIField("seq", .integer, required: true, "counts from 1 within the run"),
        APIField("time", .number, required: true, "seconds since 1970"),
        APIField("monotonic", .number, required: true, "seconds of the monotonic clock"),
    ]

    /// The further fields of an event of this kind.
    package static func fields(of event: Fact.Kind) -> [APIField] {
        switch event {
        case .started:
            [
                APIField("kind", .string, words: allWords(of: RunKind.self), required: true, "which run it is"),
                APIField("host", .string, required: true, "this host's name"),
                APIField("dry_run", .boolean, required: true, "whether nothing is changed"),
            ]
        case .stepStarted: [step]
        case .stepFinished:
            [
                step, seconds("how long it took"),
                APIField("ending", .string, words: allWords(of: StepEnding.self), required: true, "how it ended"),
            ]
        case .message: [APIField("message", .table, of: .message, required: true, "a line of the log")]
        case .retrying:
            [
                step, APIField("reason", .string, required: true, "the hook's reason"),
                APIField("attempt", .integer, required: true, "the attempt that follows"),
                APIField("of", .integer, required: true, "how many there are"),
                APIField("wait", .number, required: true, "seconds until then"),
            ]
        case .locked:
            [
                APIField(
                    "plan",
                    .string,
                    usual: ["stage", "read-lock", "instance", "none"],
                    required: true,
                    "the lock plan's name"
                ),
                APIField("reason", .string, required: true, "why this plan"),
                APIField("waited_seconds", .number, required: true, "from the first blocking statement to the grant"),
            ]
        case .unlocked: [APIField("held_seconds", .number, required: true, "how long the lock was held")]
        case .snapshotted:
            [
                name("the snapshot's name"), APIField("device", .string, required: true, "its device node"),
                seconds("how long its creation took"),
            ]
        case .snapshotUsage:
            [APIField("usage", .number, form: .fraction, required: true, "how full the snapshot is, 0 to 1")]
        case .mounted: [APIField("path", .string, required: true, "the copy of the data directory")]
        case .recovered: [APIField("clean", .boolean, required: true, "whether the copy is consistent")]
        case .progress: [APIField("progress", .table, of: .progress, required: true, "how far a step has come")]
        case .warning: [APIField("text", .string, required: true, "the warning")]
        case .releasing: [name("the released thing")]
        case .released: [name("the released thing"), seconds("how long that took")]
        case .leaked: [APIField("leak", .table, of: .leak, required: true, "the thing left behind")]
        case .archived:
            [
                APIField(
                    "location",
                    .string,
                    required: true,
                    "the archive's file in the set, \"-\", or a replacement's word"
                ),
                APIField("bytes", .integer, "bytes written; nil where a replacement does not say"),
                APIField("files", .integer, "files in it; nil where a replacement does not say"),
            ]
        case .published: [APIField("set", .table, of: .set, required: true, "the published set")]
        case .retained: [APIField("retention", .table, of: .retention, required: true, "which sets went")]
        case .verified:
            [APIField("verification", .table, of: .verification, required: true, "how far copy or set were checked")]
        case .restored: [APIField("restoration", .table, of: .restoration, required: true, "the restored files")]
        case .abandoned: [APIField("hook", .string, required: true, "the hook that did not return")]
        case .succeeded: []
        case .vetoed, .deferred, .failed: [APIField("failure", .table, of: .failure, required: true, "why")]
        case .finished: [APIField("outcome", .table, of: .outcome, required: true, "how the run ended")]
        }
    }

    private static let step = APIField("step", .string, words: allWords(of: StepName.self), required: true, "the step")

    private static func name(_ meaning: String) -> APIField { APIField("name", .string, required: true, meaning) }

    private static func seconds(_ meaning: String) -> APIField { APIField("seconds", .number, required: true, meaning) }
}
