import Lifecycle

extension API {
    /// The table as the prelude works with it.
    package static var asValue: LuaValue {
        .table([
            "version": .integer(version),
            "instead": .table(instead.mapValues(LuaValue.text)),
            "instead_of_field": .table(insteadOfField.mapValues(LuaValue.text)),
            "verbs": .list(Verb.allCases.map { .text($0.rawValue) }),
            "options": value(options),
            "fields": value(runFields),
            "verdicts": value(verdicts),
            "functions": value(runFunctions),
            "files": value(fileFunctions),
            "libraries": value(libraries),
            "counts": .table(
                functionsByName.mapValues { .list([.integer(Int64($0.least)), .integer(Int64($0.most ?? -1))]) }
            ),
            "exec": value(execFields),
            "pipe": value(pipeFields),
            "stage": value(stageFields),
            "spawn": value(spawnFields),
            "http": value(httpFields),
            "process": value(processFields),
            "release": value(releaseFields),
            "retry": value(retryFields),
            "exec_reply": value(execReplyFields),
            "http_reply": value(httpReplyFields),
            "fake_file": value(fakeFileFields),
            "records": .table(by(APIRecord.allCases) { ($0.rawValue, $0.fields) }),
            "results": .table(by(StepName.allCases) { ($0.rawValue, result(of: $0)) }),
            "known": .table(by(StepName.allCases) { ($0.rawValue, known(of: $0)?.fields ?? []) }),
            "events": .table(by(Fact.Kind.allCases) { ($0.rawValue, eventFields + fields(of: $0)) }),
        ])
    }

    private static func by<Key>(_ keys: [Key], _ row: (Key) -> (String, [APIField])) -> [String: LuaValue] {
        Dictionary(uniqueKeysWithValues: keys.map(row).map { ($0.0, value($0.1)) })
    }

    /// The functions of each global table.
    static var libraries: [String: [LibraryFunction]] {
        Dictionary(grouping: LibraryFunction.allCases) { $0.path.library }
    }

    /// Whether something of the API is there: a name of a verb, field, function, step or event.
    static func has(_ feature: String) -> Bool { features.contains(feature) }

    /// The names that `backup.has` knows.
    static let features: [String] =
        Verb.allCases.map(\.rawValue) + Verb.allCases.flatMap(targets) + runFields.map(\.name)
        + (runFunctions + verdicts).map { "run:\($0.name)" } + fileFunctions.map { "run.fs.\($0.name)" }
        + LibraryFunction.allCases.map(\.rawValue)

    /// The row of a function by the name that hooks write: "run:exec", "run.fs.read", "log.info".
    static func function(_ name: String) -> APIFunction? { functionsByName[name] }

    private static let functionsByName: [String: APIFunction] = {
        let ofRun = (runFunctions + verdicts).map { ("run:\($0.name)", $0) }
        let others =
            fileFunctions.map { ("run.fs.\($0.name)", $0) } + LibraryFunction.allCases.map { ($0.rawValue, $0.row) }
        return Dictionary(uniqueKeysWithValues: ofRun + others)
    }()

    private static func value(_ fields: [APIField]) -> LuaValue {
        .list(
            fields.map {
                .table([
                    "name": .text($0.name), "type": .text($0.type.rawValue), "required": .bool($0.isRequired),
                    "meaning": .text($0.meaning), "record": $0.record.map { .text($0.rawValue) } ?? .none,
                    "items": $0.items.map { .text($0.rawValue) } ?? .none,
                    "form": $0.form.map { .text($0.rawValue) } ?? .none,
                ])
            }
        )
    }

    private static func value(_ functions: [APIFunction]) -> LuaValue {
        .list(functions.map { .table(["name": .text($0.name)]) })
    }

    private static func value(_ libraries: [String: [LibraryFunction]]) -> LuaValue {
        .table(libraries.mapValues { .list($0.map { .text($0.path.name) }) })
    }
}
