import Lifecycle

/// The lines about one name of the API, for `hook explain`.
package enum Explanation {
    /// The names that it knows besides the steps, filters and events.
    package static let names: [String] =
        Verb.allCases.map(\.rawValue) + (API.runFunctions + API.verdicts).map { "run:\($0.name)" }
        + API.fileFunctions.map { "run.fs.\($0.name)" } + LibraryFunction.allCases.map(\.rawValue)
        + API.runFields.map { "run.\($0.name)" }

    /// The lines about a verb, a function or a field of `run`.
    ///
    /// - Returns: nil for an unknown name.
    package static func lines(of name: String) -> [String]? {
        if let verb = Verb(rawValue: name) { return lines(of: verb) }
        if let function = API.function(name) { return lines(of: function, name) }
        guard name.hasPrefix("run."), let field = RunField(rawValue: String(name.dropFirst(4))) else {
            // Typed with a dot, or alone.
            let word = name.split(whereSeparator: { ".:".contains($0) }).last.map(String.init) ?? ""
            let isOfRun = name == word || name.hasPrefix("run.")
            return isOfRun ? API.function("run:\(word)").map { lines(of: $0, "run:\(word)") } : nil
        }
        return ["\(name): \(field.row.meaning)"] + times(of: field.row) + (field.row.record?.fields ?? []).map(line)
    }

    private static func lines(of verb: Verb) -> [String] {
        let targets = API.targets(verb)
        let example = targets.first ?? ""
        return [
            "backup.\(verb.rawValue)(target, [options], function(\(API.parameters(verb, example))) … end)",
            "  target   \(targets.joined(separator: ", "))", "  error    \(API.errorRule(verb))",
        ] + API.options.map(line)
    }

    private static func lines(of function: APIFunction, _ name: String) -> [String] {
        let isGlobal = !name.hasPrefix("run")
        let verbs = Verb.allCases.filter(function.verbs.contains).map(\.rawValue).joined(separator: ", ")
        var lines = ["\(name)(\(function.parameters)): \(function.meaning)"]
        if !isGlobal { lines.append("  in       \(verbs)") }
        if function.isRefusedUnderLock { lines.append("  refused  while the lock is held") }
        if function.returns != "nil" {
            let fields = (function.record?.fields ?? []).map(\.name).joined(separator: ", ")
            lines.append("  returns  \(function.returns)\(fields.isEmpty ? "" : ": \(fields)")")
        }
        return lines + (function.argument ?? []).map(line)
    }

    private static func times(of field: APIField) -> [String] {
        let since = field.since.map { ["  since    after step \($0.rawValue)"] } ?? []
        return since + (field.until.map { ["  until    after step \($0.rawValue)"] } ?? [])
    }

    private static func line(_ field: APIField) -> String {
        let words = field.words.map { ": \($0.joined(separator: ", "))" } ?? ""
        return "  \(field.name)\(field.isRequired ? "" : "?")  \(field.type.rawValue): \(field.meaning)\(words)"
    }
}
