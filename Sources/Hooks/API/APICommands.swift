/// The tables that functions of `run` take.
extension API {
    /// Beside the words of the command.
    package static let execFields: [APIField] = [
        APIField("stdin", .text, "the program's standard input"),
        APIField(
            "stdout",
            .string,
            form: .path,
            "the path of a file that takes its standard output, made anew, mode 600"
        ),
        APIField("env", .table, items: .text, "variables added to its environment, which has LC_ALL=C and PATH only"),
        APIField("cwd", .string, form: .path, "its directory"),
        APIField("user", .string, form: .name, "the user that it runs as"),
        APIField("timeout", .duration, form: .span, "how long it may take; without it a minute"),
        APIField("ok", .list, items: .integer, "the statuses that are no failure; without it 0"),
        APIField("on_line", .function, "called with each line of its standard output"),
        APIField("reads", .boolean, "whether it only reads, and so also runs in a dry run"),
    ]

    /// Beside the stages: one list of words each, which may have `ok`, `env`, `cwd` and `user`.
    package static let pipeFields: [APIField] = [
        APIField("stdin", .text, "the first program's standard input"),
        APIField(
            "stdout",
            .string,
            form: .path,
            "the path of a file that takes the last one's output, made anew, mode 600"
        ),
        APIField("timeout", .duration, form: .span, "how long all of it may take; without it a minute"),
        APIField("reads", .boolean, "whether it only reads, and so also runs in a dry run"),
    ]

    package static let stageFields: [APIField] = [
        APIField("env", .table, items: .text, "variables added to its environment"),
        APIField("cwd", .string, form: .path, "its directory"),
        APIField("user", .string, form: .name, "the user that it runs as"),
        APIField("ok", .list, items: .integer, "the statuses that are no failure; without it 0"),
    ]

    /// Beside the words of the command.
    package static let spawnFields: [APIField] = [
        APIField("stdin", .text, "the program's standard input; then its input stays open until its release"),
        APIField("env", .table, items: .text, "variables added to its environment"),
        APIField("cwd", .string, form: .path, "its directory"),
        APIField("user", .string, form: .name, "the user that it runs as"),
        APIField("ready", .string, "a Lua pattern: waits for a line of its standard output in which that is found"),
    ]

    package static let httpFields: [APIField] = [
        APIField("url", .text, required: true, "the address"),
        APIField("method", .string, form: .method, "without it \"GET\""),
        APIField("headers", .table, items: .text, "names and values"),
        APIField("body", .text, "the request's body"),
        APIField("json", .any, "the request's body, as JSON"),
        APIField("timeout", .duration, form: .span, "how long one attempt may take; without it 10 s"),
        APIField(
            "retries",
            .integer,
            form: .amount,
            "more attempts where the server cannot be reached or is busy; without it 0"
        ),
        APIField("check", .boolean, "false: another status than 200 to 299 is no error"),
    ]

    /// The result of `run:spawn`: it can be a release, and a proof or a check.
    ///
    /// As a release it closes the program's input, then sends TERM and KILL; as a proof it raises where the program had
    /// ended before.
    package static let processFields: [APIField] = [
        APIField("pid", .integer, required: true, "the program's process, and its process group")
    ]

    package static let retryFields: [APIField] = [
        APIField("wait", .duration, "how long until the next attempt; without it 10 s"),
        APIField("attempts", .integer, form: .count, "how many attempts there are in all; without it 5"),
    ]

    /// A function alone, or a process of `run:spawn`, is a release, too.
    package static let releaseFields: [APIField] = [
        APIField("exec", .list, items: .text, "the command that undoes it, as words"),
        APIField("sql", .string, "the statement that undoes it"),
        APIField("call", .function, "tried first"),
        APIField("timeout", .duration, form: .span, "how long each part may take"),
        APIField("repair", .string, "the command that an operator types if all of it failed"),
    ]
}
