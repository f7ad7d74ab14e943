/// A function of `run`; its row in the table.
///
/// `RunningCall` answers each case by an exhaustive switch: a row without an implementation does not compile.
package enum RunFunction: String, CaseIterable, Sendable {
    case sql, admin, exec, pipe, spawn, http, secret, progress, warn, undo, intend

    package var row: APIFunction {
        switch self {
        case .sql:
            function(
                "query, …",
                returns: "table[]",
                "the rows of a query on a read-only session, by column; ? stands for a value. Integers, and other numbers that are exact, are numbers, NULL is nil, all else is text; a name that is no column of a SELECT is an error. Inside replace(\"flush\") and replace(\"lock\") the lock's own session; in after(\"recover\"), before(\"verify\") and after(\"verify\") a private server on the recovered copy, which lives until the hook returns; in a verification a private server on the set in after(\"verify\"): below the level start the hook ends at its first query"
            )
        case .admin:
            function(
                "statement, …",
                returns: "table[]",
                verbs: [.before, .replace],
                underLock: false,
                "a statement on a session that may change something; before the lock only"
            )
        case .exec:
            function(
                "command",
                returns: "lvmbackup.exec",
                record: .exec,
                argument: API.execFields,
                verbs: .all,
                "runs a program, never a shell"
            )
        case .pipe:
            function(
                "pipeline",
                returns: "lvmbackup.pipe",
                record: .pipe,
                argument: API.pipeFields,
                verbs: .all,
                "runs programs, each reading what the one before it writes, without a shell; raises where any of them fails"
            )
        case .spawn:
            function(
                "command",
                returns: "lvmbackup.Process",
                argument: API.spawnFields,
                verbs: [.before, .replace, .after],
                "starts a program that lives until its release; it is ended when its hook returns, unless it is a release"
            )
        case .http:
            function(
                "request",
                returns: "lvmbackup.http",
                record: .http,
                argument: API.httpFields,
                verbs: .all,
                underLock: false,
                "an HTTP request"
            )
        case .secret:
            function(
                "name",
                returns: "lvmbackup.Secret",
                verbs: .all,
                "a secret from a file. It can stand in the words, `env` and `stdin` of programs, in `url`, `headers`, `body` and `json` of a request, and for a ? of a query; `\"Bearer \" .. run:secret(\"token\")` joins it to text. Messages have its name in its place"
            )
        case .progress: function("fraction", "how far a long step has come, 0 to 1")
        case .warn: function("text", verbs: .all, "a warning; the run goes on")
        case .undo:
            function("name, release", verbs: [.before, .replace, .after], "one more release for the engine")
        case .intend:
            function("release", verbs: [.before, .replace], "records a release durably before acquiring")
        }
    }

    private func function(
        _ parameters: String,
        returns: String = "nil",
        record: APIRecord? = nil,
        argument: [APIField]? = nil,
        verbs: Set<Verb> = [.before, .replace, .after, .filter],
        underLock: Bool = true,
        _ meaning: String
    ) -> APIFunction {
        APIFunction(
            rawValue,
            parameters,
            returns: returns,
            record: record,
            argument: argument,
            verbs: verbs,
            underLock: underLock,
            meaning
        )
    }
}

/// A function of `run.fs`; its row in the table, and answered like one of ``RunFunction``.
package enum FileFunction: String, CaseIterable, Sendable {
    case read, write, list, stat, realpath

    package var row: APIFunction {
        switch self {
        case .read: function("path", returns: "string", "a file's bytes, up to 1 MiB")
        case .write:
            function("path, bytes, mode", "replaces a file, whole or not at all; mode is octal, without it \"0600\"")
        case .list: function("path", returns: "string[]", "the names in a directory, sorted")
        case .stat:
            function(
                "path",
                returns: "lvmbackup.stat|nil",
                record: .stat,
                "the status of a file, links not followed; nil: there is none"
            )
        case .realpath: function("path", returns: "string", "the path without links")
        }
    }

    private func function(
        _ parameters: String,
        returns: String = "nil",
        record: APIRecord? = nil,
        _ meaning: String
    ) -> APIFunction {
        APIFunction(rawValue, parameters, returns: returns, record: record, verbs: .all, meaning)
    }
}

/// An answer that `run` makes; its row in the table.
package enum VerdictName: String, CaseIterable, Sendable {
    case veto, `defer`, skip, retry, decline, unchanged

    package var row: APIFunction {
        switch self {
        case .veto: function("why", .before, "refuses the run: status 4")
        case .defer: function("why", .before, "defers the run, no alarm: status 75")
        case .skip: function("why", .before, "skips this step, where the table of steps allows that")
        case .retry:
            function(
                "why, options",
                .before,
                underLock: false,
                "asks again after a pause, from the first `before` hook of the step on: wait = \"10s\", attempts = 5. After the last attempt the run is deferred: status 75"
            )
        case .decline: function("why", .replace, "leaves the step to the next provider, the built-in last")
        case .unchanged: function("", .filter, "leaves the value as it is")
        }
    }

    private func function(_ parameters: String, _ verb: Verb, underLock: Bool = true, _ meaning: String) -> APIFunction
    {
        APIFunction(
            rawValue,
            parameters,
            returns: "lvmbackup.Verdict",
            argument: self == .retry ? API.retryFields : nil,
            verbs: [verb],
            underLock: underLock,
            meaning
        )
    }
}
