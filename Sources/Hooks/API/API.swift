package import Lifecycle

/// Everything that a hook file can name.
///
/// The run-time checks, `hook check`, the language server's stub, luacheck's configuration and the reference page are
/// all made from it.
package enum API {
    package static let version: Int64 = 1

    // MARK: Verbs

    /// The steps that a verb can be bound to.
    package static func steps(_ verb: Verb) -> [StepName] {
        switch verb {
        case .before, .after: StepName.allCases
        case .replace: StepName.allCases.filter(\.rule.allowsReplace)
        case .filter, .on: []
        }
    }

    /// The possible first arguments of a verb.
    package static func targets(_ verb: Verb) -> [String] {
        switch verb {
        case .before, .replace, .after: steps(verb).map(\.rawValue)
        case .filter: FilterName.allCases.map(\.rawValue)
        case .on: Fact.Kind.allCases.map(\.rawValue)
        }
    }

    package static let options: [APIField] = [
        APIField("desc", .string, "the purpose of the hook, shown by `hook list`"),
        APIField("timeout", .duration, form: .span, "how long one call may take, such as 30 or \"2m\""),
        APIField("on_error", .string, words: ["fail", "warn"], "whether an error of the function fails the run"),
        APIField("runs_after", .list, items: .string, "names of hook files that come before this one"),
        APIField("runs_before", .list, items: .string, "names of hook files that come after this one"),
    ]

    // MARK: The run

    package static let runFields = RunField.allCases.map(\.row)
    package static let runFunctions = RunFunction.allCases.map(\.row)
    package static let fileFunctions = FileFunction.allCases.map(\.row)
    package static let verdicts = VerdictName.allCases.map(\.row)
}
