public import Lifecycle

/// Everything that a hook file can name. The run-time checks, `hook check`, the language server's stub, luacheck's
/// configuration and the reference page are all made from it.
public enum API {
    public static let version: Int64 = 1

    // MARK: Verbs

    /// The steps that a verb can be bound to.
    public static func steps(_ verb: Verb) -> [StepName] {
        switch verb {
        case .before, .after: StepName.allCases
        case .replace: StepName.allCases.filter(\.rule.allowsReplace)
        case .filter, .on: []
        }
    }

    /// What the first argument of a verb may be.
    public static func targets(_ verb: Verb) -> [String] {
        switch verb {
        case .before, .replace, .after: steps(verb).map(\.rawValue)
        case .filter: FilterName.allCases.map(\.rawValue)
        case .on: Fact.Kind.allCases.map(\.rawValue)
        }
    }

    public static let options: [APIField] = [
        APIField("desc", .string, "what the hook is for, shown by `hook list`"),
        APIField("timeout", .duration, "how long one call may take, such as 30 or \"2m\""),
        APIField("on_error", .string, "\"fail\" or \"warn\""),
        APIField("runs_after", .list, "names of hook files that come before this one"),
        APIField("runs_before", .list, "names of hook files that come after this one"),
    ]

    // MARK: The run

    public static let runFields: [APIField] = [
        APIField("id", .string, "the run's name"),
        APIField("host", .string, "this host's name"),
        APIField("started", .number, "when the run began, seconds since 1970"),
        APIField("step", .string, "the step that is being done"),
        APIField("dry_run", .boolean, "whether nothing is to be changed"),
        APIField("snapshot_only", .boolean, "whether the snapshot itself is the backup"),
        APIField("config", .table, "the settings that were given, without secrets"),
        APIField("vars", .table, "values that hooks hand to later hooks"),
        APIField("timings", .table, "seconds that each step took so far"),
        APIField("warnings", .list, "what was warned of so far"),
        APIField("server", .table, since: .connect, "flavour, version, datadir, files, engines, is_replica"),
        APIField("volume", .table, since: .locate, "group, name, uuid, device, size, free, filesystem, thin_pool"),
        APIField("paths", .list, since: .locate, "the data's paths: role, path, real_path, path_on_volume"),
        APIField("lock", .table, since: .lock, "plan, reason, held (seconds)"),
        APIField("coordinates", .table, since: .lock, "binlog, gtid, channels; after recovery those of the copy"),
        APIField("snapshot", .table, since: .snapshot, "name, device, uuid"),
        APIField("mount", .table, since: .mount, "path (of the data directory's copy), mount_point"),
        APIField("recovery", .table, since: .recover, "clean, log"),
        APIField("archive", .table, since: .archive, "location, bytes, files"),
        APIField("set", .table, since: .publish, "id, location, manifest"),
        APIField("error", .table, "in the events failed, vetoed, deferred and finished: message, step, advice"),
        APIField("fs", .table, "functions for files"),
    ]

    public static let verdicts: [APIFunction] = [
        APIFunction("veto", "why", returns: "lvmbackup.Verdict", verbs: [.before], "refuses the run"),
        APIFunction("defer", "why", returns: "lvmbackup.Verdict", verbs: [.before], "not now; no alarm"),
        APIFunction("skip", "why", returns: "lvmbackup.Verdict", verbs: [.before], "leaves this step out"),
        APIFunction(
            "retry",
            "why, options",
            returns: "lvmbackup.Verdict",
            verbs: [.before],
            underLock: false,
            "asks again after a pause: wait = \"10s\", attempts = 5"
        ),
        APIFunction("decline", "why", returns: "lvmbackup.Verdict", verbs: [.replace], "leaves the step to the next"),
        APIFunction("unchanged", "", returns: "lvmbackup.Verdict", verbs: [.filter], "leaves the value as it is"),
    ]

    public static let runFunctions: [APIFunction] = [
        APIFunction(
            "sql",
            "query, …",
            returns: "table[]",
            "a query on a read-only session, ? stands for a value; inside replace(\"flush\") and replace(\"lock\") the lock's own session"
        ),
        APIFunction(
            "admin",
            "statement",
            returns: "table[]",
            verbs: [.before, .replace],
            underLock: false,
            "a statement on a session that may change something; before the lock only"
        ),
        APIFunction(
            "exec",
            "command",
            returns: "table",
            verbs: Set(Verb.allCases),
            "runs a program, never a shell; its status, stdout, stderr and seconds"
        ),
        APIFunction(
            "spawn",
            "command",
            returns: "lvmbackup.Process",
            verbs: [.before, .replace, .after],
            "starts a program that lives until its release; one that is no release when its hook returns ends there"
        ),
        APIFunction(
            "http",
            "request",
            returns: "table",
            verbs: Set(Verb.allCases),
            underLock: false,
            "an HTTP request: method, url, headers, body, json, timeout, retries; the answer's status, headers and body"
        ),
        APIFunction("secret", "name", returns: "userdata", verbs: Set(Verb.allCases), "a secret from a file"),
        APIFunction("progress", "fraction", "how far a long step has come, 0 to 1"),
        APIFunction("warn", "text", verbs: Set(Verb.allCases), "a warning; the run goes on"),
        APIFunction("undo", "name, release", verbs: [.before, .replace, .after], "one more release for the engine"),
        APIFunction("intend", "release", verbs: [.before, .replace], "records a release durably before acquiring"),
    ]

    public static let fileFunctions: [APIFunction] = [
        APIFunction("read", "path", returns: "string", verbs: Set(Verb.allCases), "a file's bytes, up to 1 MiB"),
        APIFunction("write", "path, bytes, mode", verbs: Set(Verb.allCases), "replaces a file, whole or not at all"),
        APIFunction("list", "path", returns: "string[]", verbs: Set(Verb.allCases), "the names in a directory"),
        APIFunction(
            "stat",
            "path",
            returns: "table|nil",
            verbs: Set(Verb.allCases),
            "kind, size, mode, uid, gid, mtime"
        ),
        APIFunction("realpath", "path", returns: "string", verbs: Set(Verb.allCases), "the path without links"),
    ]

    /// Fields of the table that `run:exec` takes, beside the words of the command.
    public static let execFields: [APIField] = [
        APIField("stdin", .string, "what the program reads"),
        APIField("env", .table, "variables added to its environment"),
        APIField("cwd", .string, "its directory"),
        APIField("user", .string, "who it runs as"),
        APIField("timeout", .duration, "how long it may take"),
        APIField("ok", .list, "the statuses that are no failure; without it 0"),
        APIField("on_line", .function, "called with each line of its standard output"),
        APIField("reads", .boolean, "whether it only reads, and so also runs in a dry run"),
    ]

    /// Fields of the table that `run:spawn` takes, beside the words of the command.
    public static let spawnFields: [APIField] = [
        APIField("stdin", .string, "what the program reads; then its input stays open until its release"),
        APIField("env", .table, "variables added to its environment"),
        APIField("cwd", .string, "its directory"),
        APIField("user", .string, "who it runs as"),
        APIField("ready", .string, "a Lua pattern: waits for a line of its standard output in which that is found"),
    ]

    /// What `run:spawn` returns: it can be a release, and a proof or a check. As a release it closes the program's
    /// input, then sends TERM and KILL; as a proof it raises where the program had ended before.
    public static let processFields: [APIField] = [
        APIField("pid", .integer, "the program's process, and its process group")
    ]

    public static let retryFields: [APIField] = [
        APIField("wait", .duration, "how long until the next attempt"),
        APIField("attempts", .integer, "how many attempts there are in all"),
    ]

    public static let releaseFields: [APIField] = [
        APIField("exec", .list, "the command that undoes it, as words"),
        APIField("sql", .string, "the statement that undoes it"),
        APIField("call", .function, "tried first"),
        APIField("timeout", .duration, "how long each way may take"),
        APIField("repair", .string, "what an operator types where all of it failed"),
    ]
}
