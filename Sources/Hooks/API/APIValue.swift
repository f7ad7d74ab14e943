import Lifecycle

extension API {
    /// The table as the prelude works with it.
    package static var asValue: LuaValue {
        .table([
            "version": .integer(version),
            "verbs": .list(Verb.allCases.map { .text($0.rawValue) }),
            "options": value(options),
            "fields": value(runFields),
            "verdicts": value(verdicts),
            "functions": value(runFunctions),
            "files": value(fileFunctions),
            "exec": value(execFields),
            "spawn": value(spawnFields),
            "process": value(processFields),
            "release": value(releaseFields),
            "retry": value(retryFields),
            "exec_reply": value(execReplyFields),
            "http_reply": value(httpReplyFields),
            "fake_file": value(fakeFileFields),
            "results": .table(
                Dictionary(uniqueKeysWithValues: StepName.allCases.map { ($0.rawValue, value(result(of: $0))) })
            ),
        ])
    }

    /// Whether something of the API is there: a name of a verb, field, function, step or event.
    static func has(_ feature: String) -> Bool {
        let names =
            Verb.allCases.map(\.rawValue) + Verb.allCases.flatMap(targets) + runFields.map(\.name)
            + (runFunctions + verdicts).map { "run:\($0.name)" } + fileFunctions.map { "run.fs.\($0.name)" }
        return names.contains(feature)
    }

    private static func value(_ fields: [APIField]) -> LuaValue {
        .list(
            fields.map {
                .table([
                    "name": .text($0.name), "type": .text($0.type.rawValue), "required": .bool($0.isRequired),
                    "meaning": .text($0.meaning),
                ])
            }
        )
    }

    private static func value(_ functions: [APIFunction]) -> LuaValue {
        .list(functions.map { .table(["name": .text($0.name)]) })
    }
}
