package import Lifecycle

/// The arguments and results of the functions of the five verbs, and their limits.
extension API {
    /// The names of a function's parameters.
    static func parameters(_ verb: Verb, _ target: String) -> String {
        switch verb {
        case .before, .replace: "run"
        case .after: StepName(rawValue: target).flatMap(known) == nil ? "run" : "run, result"
        case .filter: "run, value"
        case .on: "run, event"
        }
    }

    /// As the language server's annotations spell a function.
    static func signature(_ verb: Verb, _ target: String) -> String {
        let step = StepName(rawValue: target)
        switch verb {
        case .before: return "fun(run: lvmbackup.Run): lvmbackup.Verdict?"
        case .replace:
            let hasResult = step.map { !result(of: $0).isEmpty } ?? false
            return "fun(run: lvmbackup.Run): lvmbackup.Verdict|\(hasResult ? "lvmbackup.Result.\(target)" : "nil")"
        case .after:
            let record = step.flatMap(known).map { ", result: lvmbackup.\($0.rawValue)" } ?? ""
            return "fun(run: lvmbackup.Run\(record))"
        case .filter:
            let value = FilterName(rawValue: target).map(self.value) ?? "any"
            return "fun(run: lvmbackup.Run, value: \(value)): lvmbackup.Verdict|\(value)"
        case .on: return "fun(run: lvmbackup.Run, event: lvmbackup.Event.\(target))"
        }
    }

    /// A filter's value.
    static func field(_ filter: FilterName) -> APIField {
        switch filter {
        case .snapshotSize:
            APIField(filter.rawValue, .string, "the size of a thick snapshot, as `--snapshot-size` spells it")
        case .archiveName:
            APIField(
                filter.rawValue,
                .string,
                "the name of the set's directory: at most 180 bytes without a slash, and no dot at its start"
            )
        case .archiveExclude:
            APIField(filter.rawValue, .list, items: .string, "patterns of the paths that are left out, as `--exclude`")
        case .retentionPlan:
            APIField(
                filter.rawValue,
                .list,
                of: .decision,
                "which sets stay; `keep` and `reason` can be changed, and the newest good set stays"
            )
        }
    }

    /// The kind of a filter's value.
    package static func value(_ filter: FilterName) -> String {
        let field = field(filter)
        return (field.record.map { "lvmbackup.\($0.rawValue)" } ?? (field.items ?? field.type).annotation)
            + (field.type == .list ? "[]" : "")
    }

    /// How long a call may take without `timeout`; nil: no limit, but some sign of life.
    static func usualTimeout(_ verb: Verb, _ target: String) -> Duration? {
        switch (verb, target) {
        case (.replace, "archive"), (.replace, "mount"), (.replace, "recover"): nil
        case (.on, _): .seconds(10)
        default: .seconds(30)
        }
    }

    /// Whether an error fails the run without `on_error`.
    ///
    /// One after a verification is a failed assertion.
    static func failsRun(_ verb: Verb, _ target: String) -> Bool {
        verb != .on && (verb != .after || target == StepName.verify.rawValue)
    }

    /// The effect of a function's error, in words.
    static func errorRule(_ verb: Verb) -> String {
        switch verb {
        case .before, .replace, .filter: "\"fail\""
        case .after: "\"warn\", but of verify \"fail\"; `on_error = \"fail\"` has an effect until the set is published"
        case .on: "\"warn\", and nothing else; with `--strict-hooks` the run's status is 2"
        }
    }
}
