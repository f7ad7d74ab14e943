import Lifecycle

/// The reference page of the API, made from the table that the checks use.
package enum ReferencePage {
    package static var markdown: String {
        ([
            "# Hook reference", "",
            "API \(API.version). `lvmbackup hook types --reference` makes this page from the table that the checks use.",
            "A tutorial and recipes are in [hooks.md](hooks.md).",
        ] + files + steps + verbs + filters + run + functions + values + events + limits + tests)
        .joined(separator: "\n") + "\n"
    }

    // MARK: Files

    private static let files = """

        ## Files

        A hook file is called `NN-NAME.lua` and lies in `/etc/lvmbackup/hooks.d` (`--hooks DIR`): NN are two digits, NAME has
        small letters, digits, `-` and `_`. Files are loaded in the order of their names. `NN-NAME_test.lua` has tests of
        `NN-NAME.lua`. `lib/MODULE.lua` is for `require("MODULE")`, which returns what the file returns. A
        library is loaded once for each hook file that requires it, and `backup.option` in it reads that file's settings. Each file and each
        directory above it belongs to root or to the invoking user, and others cannot write it.

        The configuration has a file's settings under `[hooks.NAME]`. A secret `run:secret("x")` is the file `x` in systemd's
        credentials directory or in `/etc/lvmbackup/secrets`, readable for its owner alone; a line break at its end is left out.
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    // MARK: Steps and verbs

    private static var steps: [String] {
        let head = [
            "| step | runs | before, after | replace | skip | `run:sql` asks | a replacement returns |",
            "|---|---|---|---|---|---|---|",
        ]
        return ["", "## Steps", ""] + head + StepName.allCases.map(step) + ["", fixed, "", sessions]
            + StepName.allCases.filter { $0.rule.allowsReplace && !API.result(of: $0).isEmpty }.flatMap {
                table("The result of `replace(\"\($0.rawValue)\")`", API.result(of: $0).map(row), level: 3)
            }
    }

    /// The reasons for the empty column.
    private static var fixed: String {
        let reasons = StepName.allCases.compactMap { step in
            step.rule.fixedBecause.map { "`\(step.rawValue)` (\($0))" }
        }
        return "The built-in provider always performs \(reasons.joined(separator: ", "))."
    }

    private static let sessions = """
        Where the column is empty, `run:sql` asks the live server on a session that only reads. The copy is asked through a
        private server, which starts with the first query and ends with the hook. A test sees the session of each
        statement: `fake.calls.sql[1].session` is \(SQLSession.allCases.map { "`\"\($0.rawValue)\"`" }.joined(separator: ", ")),
        or `"admin"` of `run:admin`.
        """

    private static func step(_ step: StepName) -> String {
        let rule = step.rule
        let result = API.result(of: step).map { $0.isRequired ? "`\($0.name)`" : "`\($0.name)?`" }
        let mark = { (allowed: Bool) in allowed ? "yes" : "" }
        let kinds = RunKind.allCases.filter { $0.steps.contains(step) }.map(\.rawValue).joined(separator: ", ")
        return "| \(step.rawValue) | \(kinds) | yes | \(mark(rule.allowsReplace)) | \(mark(rule.allowsSkip)) | "
            + "\(SQLSession.line(of: step)) | "
            + "\(rule.allowsReplace ? result.joined(separator: ", ") : "") |"
    }

    private static var verbs: [String] {
        [
            "", "## Verbs", "", "`backup.VERB(target, [options], f)`, at the file's own level.", "",
            "| verb | f | may return | time-out | on_error |", "|---|---|---|---|---|",
        ] + Verb.allCases.map(verb) + table("Options of a registration", API.options.map(row), level: 3)
            + [
                "",
                durations, "", knownResults, "",
                "A `replace` of archive, mount or recover has no time-out, but has to show a sign of life: a program that",
                "writes, `run:progress`, or any other call. On a step's success `after` hooks run in the reverse order.",
            ]
    }

    private static let durations = """
        A duration is a number of seconds, or text with a unit: `"250ms"`, `"30s"`, `"5m"`, `"2h"`, `"1d"`. A size is text
        with `B`, `KiB`, `MiB`, `GiB` or `TiB`.
        """

    /// The second argument of `after`.
    private static var knownResults: String {
        let results = StepName.allCases.compactMap { step in
            API.known(of: step).map { "\(step.rawValue) `\($0.rawValue)`" }
        }
        return
            "The `result` of `after(step)` is the table that the step has made, as in `run`: \(results.joined(separator: ", ")). "
            + "After the other steps it is nil."
    }

    private static func verb(_ verb: Verb) -> String {
        let example = API.targets(verb).last { !API.parameters(verb, $0).isEmpty } ?? ""
        let parameters = API.parameters(verb, verb == .after ? StepName.lock.rawValue : example)
        let verdicts = API.verdicts.filter { $0.verbs.contains(verb) }.map { "`run:\($0.name)`" }
        let returns =
            switch verb {
            case .before: ["nothing"] + verdicts
            case .replace: ["the step's result"] + verdicts
            case .filter: ["the value"] + verdicts
            case .after, .on: ["nothing"]
            }
        let timeout = API.usualTimeout(verb, StepName.lock.rawValue)?.inSeconds.formatted ?? ""
        return "| \(verb.rawValue) | `function(\(parameters))` | \(returns.joined(separator: ", ")) | \(timeout) s | "
            + "\(API.errorRule(verb)) |"
    }

    private static var filters: [String] {
        ["", "## Filters", "", "| filter | step | value | meaning |", "|---|---|---|---|"]
            + FilterName.allCases.map {
                "| `\($0.rawValue)` | \($0.step.rawValue) | \(API.value($0)) | \(API.field($0).meaning) |"
            } + [
                "",
                "A run judges the value that the last filter returned as if an operator had typed it; so does `fake.filter`.",
            ]
    }

    // MARK: Run

    private static var run: [String] {
        table("Fields of `run`", API.runFields.map(row))
            + [
                "",
                "In a restore or a verification `server`, `coordinates` and `set` are those of the set, from the beginning; fields",
                "of the other steps of a backup are not there. `run.kind` tells which run it is.",
                "",
                "\"There after step X\" means: not yet in `before(X)` and `replace(X)`. In `on` and `after` a field that is not known",
                "is nil. Elsewhere reading it too early is an error, and so is a name that is not in these tables. All but",
                "`run.vars` can be read only, at every depth.",
            ] + table("Verdicts", API.verdicts.map { row($0, prefix: "run:") })
    }

    private static var functions: [String] {
        var lines = table("Functions of `run`", API.runFunctions.map { row($0, prefix: "run:") })
        for function in API.runFunctions + API.verdicts {
            guard let argument = function.argument else { continue }
            lines += table("The table of `run:\(function.name)`", argument.map(row), level: 3)
            if function.name == RunFunction.pipe.rawValue {
                lines += table("A stage of `run:pipe`, beside its words", API.stageFields.map(row), level: 3)
            }
            if function.name == RunFunction.exec.rawValue { lines += ["", mark] }
        }
        lines += ["", process] + table("A process", API.processFields.map(row), level: 3)
        lines += table("A release", API.releaseFields.map(row)) + ["", release]
        lines += table("Files", API.fileFunctions.map { row($0, prefix: "run.fs.") })
        return lines
            + table(
                "Libraries",
                LibraryFunction.allCases.map { row($0.row, prefix: "\($0.path.library).", isGlobal: true) }
            )
            + [
                "",
                "Of Lua's own there are `math`, `string`, `table`, `utf8`, `coroutine`, `os.time`, `os.date`, `os.clock`,",
                "`require`, and the basic functions but those that load code. `os.date` tells the local time, and UTC behind an `!`.",
            ]
    }

    /// The mark by which `RunProcesses` finds the remaining processes of a run.
    private static let mark = """
        The environment of every program that a hook runs or spawns has `LVMBACKUP_RUN`, the run's id. If the run
        has died, the programs that have it are killed. A program that was left in the background, and keeps the
        snapshot from being unmounted, is killed, too. A daemon that such a program starts, and that is to outlive the
        run, has to be started without it: `env -u LVMBACKUP_RUN PROGRAM`.
        """

    private static let process = """
        `run:spawn` returns a process, which can be a release (`release = child`, `run:undo(name, child)`): its input is
        closed, then come TERM and KILL. As a `proof` or `check` it raises where the program has ended before.
        """

    private static let release = """
        A release is data (`exec` or `sql`), a function, both, or a process. The function is tried first, then the data.
        Data outlives the process: it is in the run's record, and the guardian or a later run does it. The functions of
        `call`, `proof` and `check` get `run`, and their results are ignored; a function that raises an error has failed. A
        release runs after the copy was archived, or when the run fails, newest first. Releases that were registered before
        the lock or under it run right after the unlock.
        """

    // MARK: Values

    private static var values: [String] {
        ["", "## Tables in fields, events and results"]
            + APIRecord.allCases.flatMap { table("`\($0.rawValue)`", $0.fields.map(row), level: 3) }
    }

    private static var events: [String] {
        table("Events", API.eventFields.map(row)) + ["", "Every event has these, and besides:", ""]
            + ["| event | fields |", "|---|---|"]
            + Fact.Kind.allCases.map { kind in
                let fields = API.fields(of: kind).map { "`\($0.name)`: \(self.kind($0)), \($0.meaning)" }
                return "| `\(kind.rawValue)` | \(fields.joined(separator: "; ")) |"
            }
    }

    private static var limits: [String] {
        ["", "## Limits", "", "| what | limit | set by |", "|---|---|---|"]
            + API.limits.map { "| \($0.name) | \($0.value) | \($0.option) |" }
    }

    /// The names that `lvmbackup hook test` gives to test files.
    private static var tests: [String] {
        ["", "## Tests: `lvmbackup hook test`", ""]
            + [
                "`lvmbackup hook test` runs the tests of files and directories, without any those of the hook directory:",
                "`NN-NAME_test.lua` beside `NN-NAME.lua`; never loaded by a run. Each case loads both files anew, and is found by its",
                "name. A call without a fake fails the case. `run:spawn` has no fake: such a call always fails its case. The run of a",
                "test has the fields that a run has at this call, also where `fake.run` sets more: before a step, none of the step's.",
                "Values that the test does not set are those of a usual run: the host `db1`, a MariaDB that is no replica, a thick volume.",
                "The clock begins at 2026-11-22T10:15:02Z, a Sunday, and stands until it is moved.",
                "",
            ]
            + ["| name | meaning |", "|---|---|"] + API.testFunctions.map { row(test: $0, "") }
            + API.expectFunctions.map { row(test: $0, "expect.") } + API.fakeFunctions.map { row(test: $0, "fake.") }
            + API.fakeFields.map {
                "| `fake.\($0.name)` | \($0.meaning)\($0.words.map { ": " + $0.joined(separator: ", ") } ?? "") |"
            }
            + table("An exec reply", API.execReplyFields.map(row))
            + table("An HTTP reply", API.httpReplyFields.map(row))
            + table("A file of `fake.fs`", API.fakeFileFields.map(row))
    }

    // MARK: Rows

    private static func row(test function: APIFunction, _ prefix: String) -> String {
        "| `\(prefix)\(function.name)(\(function.parameters))` | \(function.meaning) |"
    }

    private static func table(_ title: String, _ rows: [String], level: Int = 2) -> [String] {
        ["", "\(String(repeating: "#", count: level)) \(title)", "", "| name | kind | meaning |", "|---|---|---|"]
            + rows
    }

    private static func row(_ field: APIField) -> String {
        let since = field.since.map { "; there after step `\($0.rawValue)`" } ?? ""
        let until = field.until.map { "; gone after step `\($0.rawValue)`" } ?? ""
        let words = field.words.map { ": \($0.joined(separator: ", "))" } ?? ""
        let need = field.isRequired ? "" : "?"
        return "| `\(field.name)\(need)` | \(kind(field)) | \(field.meaning)\(words)\(since)\(until) |"
    }

    private static func kind(_ field: APIField) -> String {
        field.record.map { field.type == .list ? "list of `\($0.rawValue)`" : "`\($0.rawValue)`" }
            ?? field.items.map { field.type == .list ? "list of \($0.rawValue)" : "table of \($0.rawValue)" }
            ?? field.type.rawValue
    }

    private static func row(_ function: APIFunction, prefix: String, isGlobal: Bool = false) -> String {
        let verbs = Verb.allCases.filter(function.verbs.contains).map(\.rawValue).joined(separator: ", ")
        let waits = function.verbs.contains(.on) ? "; `on` hooks are called after the unlock" : ""
        let lock = function.isRefusedUnderLock ? "; refused while the lock is held\(waits)" : ""
        let returns = function.returns.replacing("|", with: " or ")
        return "| `\(prefix)\(function.name)(\(function.parameters))` | \(returns) | \(function.meaning)"
            + "\(isGlobal ? "" : " (\(verbs)\(lock))") |"
    }
}
