import Lifecycle

/// The reference page of the API, made from the table that the checks use.
public enum ReferencePage {
    public static var markdown: String {
        ([
            "# Hook reference", "",
            "API \(API.version). Made by `lvmbackup hook types --reference` from the table that the checks use.", "",
            "## Steps", "", "| step | before, after | replace | skip | a replacement returns |",
            "|---|---|---|---|---|",
        ] + StepName.allCases.map(step) + verbs + table("Fields of `run`", API.runFields.map(row))
            + table("Verdicts", API.verdicts.map { row($0, prefix: "run:") })
            + table("Functions of `run`", API.runFunctions.map { row($0, prefix: "run:") })
            + table("Files", API.fileFunctions.map { row($0, prefix: "run.fs.") })
            + table("Options of a registration", API.options.map(row)) + table("A release", API.releaseFields.map(row))
            + table("The table of `run:exec`", API.execFields.map(row))
            + ["", mark] + table("The table of `run:spawn`", API.spawnFields.map(row))
            + [
                "",
                "It returns a process, which can be a release (`release = child`, `run:undo(name, child)`): its input is",
            ]
            + ["closed, then come TERM and KILL. As a `proof` or `check` it raises where the program has ended before."]
            + table("A process", API.processFields.map(row)) + tests).joined(separator: "\n") + "\n"
    }

    /// By which `RunProcesses` finds what a run has left.
    private static let mark = """
        The environment of every program that a hook runs or spawns has `LVMBACKUP_RUN`, the run's id: what carries it
        is killed where the run has died, and holds nothing of it then. A daemon that such a program starts, and that is
        to outlive the run, has to be started without it: `env -u LVMBACKUP_RUN PROGRAM`.
        """

    /// What `lvmbackup hook test` gives to test files.
    private static var tests: [String] {
        ["", "## Tests: `lvmbackup hook test`", ""]
            + ["`NN-NAME_test.lua` beside `NN-NAME.lua`; never loaded by a run. What has no fake fails the case.", ""]
            + ["| name | meaning |", "|---|---|"] + API.testFunctions.map { row(test: $0, "") }
            + API.expectFunctions.map { row(test: $0, "expect.") } + API.fakeFunctions.map { row(test: $0, "fake.") }
            + API.fakeFields.map { "| `fake.\($0.name)` | \($0.meaning) |" }
            + table("An exec reply", API.execReplyFields.map(row))
            + table("An HTTP reply", API.httpReplyFields.map(row))
            + table("A file of `fake.fs`", API.fakeFileFields.map(row))
    }

    private static func row(test function: APIFunction, _ prefix: String) -> String {
        "| `\(prefix)\(function.name)(\(function.parameters))` | \(function.meaning) |"
    }

    private static var verbs: [String] {
        ["", "Filters: \(API.targets(.filter).map { "`\($0)`" }.joined(separator: ", ")).", ""]
            + ["Events: \(API.targets(.on).map { "`\($0)`" }.joined(separator: ", "))."]
    }

    private static func step(_ step: StepName) -> String {
        let rule = step.rule
        let result = API.result(of: step).map { $0.isRequired ? "`\($0.name)`" : "`\($0.name)?`" }
        let mark = { (allowed: Bool) in allowed ? "yes" : "" }
        return "| \(step.rawValue) | yes | \(mark(rule.allowsReplace)) | \(mark(rule.allowsSkip)) | "
            + "\(rule.allowsReplace ? result.joined(separator: ", ") : "") |"
    }

    private static func table(_ title: String, _ rows: [String]) -> [String] {
        ["", "## \(title)", "", "| name | kind | meaning |", "|---|---|---|"] + rows
    }

    private static func row(_ field: APIField) -> String {
        let since = field.since.map { "; from step `\($0.rawValue)` on" } ?? ""
        return "| `\(field.name)` | \(field.type.rawValue) | \(field.meaning)\(since) |"
    }

    private static func row(_ function: APIFunction, prefix: String) -> String {
        let verbs = Verb.allCases.filter(function.verbs.contains).map(\.rawValue).joined(separator: ", ")
        let lock = function.isRefusedUnderLock ? "; refused while the lock is held" : ""
        return "| `\(prefix)\(function.name)(\(function.parameters))` | \(function.returns) | \(function.meaning) "
            + "(\(verbs)\(lock)) |"
    }
}
