/// The further names in tests of hooks: only `NN-NAME_test.lua` files see them.
extension API {
    package static let testFunctions: [APIFunction] = [
        APIFunction(
            "test",
            "name, f",
            "one case: `f(fake)` is called with a machine of its own and a freshly loaded hook"
        )
    ]

    package static let expectFunctions: [APIFunction] = [
        APIFunction(
            "equal",
            "actual, expected",
            "fails where they differ, and shows where; tables are compared inside"
        ),
        APIFunction(
            "matches",
            "text, what",
            "fails where the text neither contains `what` nor matches it as a pattern"
        ),
        APIFunction(
            "raises",
            "what, f, …",
            returns: "string",
            "calls `f(…)`, and fails unless it raises an error that matches; returns the message"
        ),
    ]

    package static let fakeFunctions: [APIFunction] = [
        APIFunction("options", "options", "the file's `[hooks.NAME]`; before the first call"),
        APIFunction("run", "fields", "sets fields of `run`, inner ones too; the others stay as they are"),
        APIFunction(
            "load",
            "",
            "loads the hook file, which the first call does otherwise; raises the errors of the file"
        ),
        APIFunction(
            "call",
            "target",
            returns: "table",
            "calls the hooks of a verb and a step, such as `\"before.flush\"`, as a run would: the verdict (`{verdict=, reason=, wait=, attempts=}`, or `\"proceed\"`), or the replacement's result with its functions; the wait of a retry passes on the clock"
        ),
        APIFunction("filter", "name, value", returns: "any", "lets the hooks change a value; answers the value then"),
        APIFunction(
            "event",
            "name, fields",
            "gives an event to the hooks; fields that are not given have usual values"
        ),
        APIFunction(
            "sql",
            "what, reply",
            "answers `run:sql` and `run:admin` statements that are, contain or match `what`: rows, `{error=}` or `f(statement, session)`"
        ),
        APIFunction(
            "exec",
            "what, reply",
            "answers programs, those of `run:pipe` too, whose words begin with the list `what`, or whose line matches it: the table of an exec reply, a text for its standard output, or `f(command)`"
        ),
        APIFunction(
            "http",
            "what, reply",
            "answers requests whose address matches `what`: the table of an HTTP reply, a status, or `f(request)`"
        ),
        APIFunction("secret", "name, value", "a secret"),
    ]

    /// The other fields of `fake`.
    package static let fakeFields: [APIField] = [
        APIField(
            "fs",
            .table,
            "the files: `fake.fs[path]` is a file's bytes; set a text, a file's table, or `{}` for an empty directory"
        ),
        APIField("clock", .table, "`now()`, `set(time)` with seconds or \"2026-01-31T10:00:00Z\", `advance(\"15s\")`"),
        APIField("vars", .table, "`run.vars`"),
        APIField(
            "calls",
            .list,
            "the acts of the hooks, in order, each with its `kind`; `fake.calls.exec`: those of a kind. sql: `statement`, `session` (monitor, lock, copy, admin); exec: `words`, `env`, `stdin`, `timeout`, `cwd`, `user`; http: `method`, `url`, `headers`, `timeout`, `retries`, `body`, `json`; write: `path`, `bytes`, `mode`; undo: `name`, `exec`, `sql`; intend: `exec`, `sql`"
        ),
        APIField(
            "outcome",
            .string,
            words: allWords(of: FakeOutcome.self),
            "the effect of the last call on a run, also where it raised an error: an error of an `after` or `on` hook may be a warning"
        ),
        APIField("logs", .list, items: .string, "the lines of the hooks' log"),
        APIField("warnings", .list, "the run's warnings"),
        APIField("progress", .list, "fractions that the hooks told"),
        APIField(
            "undos",
            .list,
            "`{name=, exec=, sql=, run=}` of each `run:undo`, in order, at once: a function that answers a program sees those before it; `run()` calls its function"
        ),
        APIField("intended", .list, "`{exec=, sql=}` of each `run:intend`"),
    ]

    package static let execReplyFields: [APIField] = [
        APIField("status", .integer, "its exit status; without it 0"),
        APIField("stdout", .string, "its standard output"),
        APIField("stderr", .string, "its standard error"),
        APIField("takes", .duration, "how long it takes on the clock; it is ended where its time is shorter"),
        APIField("error", .string, "it cannot be started, for this reason"),
    ]

    package static let httpReplyFields: [APIField] = [
        APIField("status", .integer, "without it 200"),
        APIField("headers", .table, "its headers"),
        APIField("body", .string, "its body"),
        APIField("json", .any, "its body, as JSON"),
        APIField("takes", .duration, "how long it takes on the clock"),
        APIField("error", .string, "there is no answer, for this reason"),
    ]

    package static let fakeFileFields: [APIField] = [
        APIField("content", .string, "its bytes; without it, it is a directory"),
        APIField("mode", .string, "such as \"755\"; without it \"644\""),
        APIField("uid", .integer, "without it 0"),
        APIField("gid", .integer, "without it 0"),
        APIField("mtime", .number, "seconds since 1970; without it now"),
        APIField("link", .string, "it is a link to this path"),
        APIField("error", .string, "every use of it fails, for this reason"),
    ]
}
