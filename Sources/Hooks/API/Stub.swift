import Lifecycle

/// The API for editors and linters, made from the table that the checks use.
package enum Stub {
    /// `---@meta` for the Lua language server.
    package static var annotations: String {
        var lines = ["---@meta", "-- made by \"lvmbackup hook types\", API \(API.version)", ""]
        lines += classes + run + ["backup = {}", "log = {}", "json = {}", ""]
        for function in LibraryFunction.allCases {
            lines += ["---\(function.row.meaning)"] + self.function("\(function.path.library).", function.row) + [""]
        }
        for verb in Verb.allCases { lines += register(verb) }
        return (lines + tests).joined(separator: "\n") + "\n"
    }

    /// A `.luacheckrc` for hook files.
    package static var luacheck: String {
        func names(_ list: [String]) -> String { list.map { "\"\($0)\"" }.joined(separator: ", ") }
        func library(_ name: String, besides more: [String] = []) -> String {
            "\(name) = { fields = { \(names(more + (API.libraries[name] ?? []).map(\.path.name))) } },"
        }
        return """
            -- made by "lvmbackup hook types", API \(API.version)
            std = "none"
            max_line_length = false
            read_globals = {
              "_G", "_VERSION", "assert", "coroutine", "error", "getmetatable", "ipairs", "math", "next", "pairs", "pcall",
              "require", "select", "setmetatable", "string", "table", "tonumber", "tostring", "type", "utf8", "xpcall",
              os = { fields = { "time", "date", "clock" } },
              \(library("backup", besides: Verb.allCases.map(\.rawValue)))
              \(library("log"))
              \(library("json"))
            }
            files["**/*_test.lua"] = {
              read_globals = { \(names(API.testFunctions.map(\.name))), expect = { fields = { \(names(API.expectFunctions.map(\.name))) } } },
            }

            """
    }

    // MARK: Classes

    private static var classes: [String] {
        var lines = ["---@class lvmbackup.Verdict", ""]
        lines += ["---@class lvmbackup.Secret", "---@operator concat(string|lvmbackup.Secret): lvmbackup.Secret", ""]
        lines += type("Release", API.releaseFields) + type("Options", API.options)
        lines += type("Command", API.execFields) + type("Stage", API.stageFields)
        lines += type("Pipeline", API.pipeFields) + type("LivingCommand", API.spawnFields)
        lines += type("Request", API.httpFields) + type("Retry", API.retryFields) + type("Process", API.processFields)
        for record in APIRecord.allCases { lines += type(record.rawValue, record.fields) }
        lines += type("Event", API.eventFields)
        for kind in Fact.Kind.allCases { lines += type("Event.\(kind.rawValue)", API.fields(of: kind), of: "Event") }
        for step in StepName.allCases where step.rule.allowsReplace {
            lines += type("Result.\(step.rawValue)", API.result(of: step))
        }
        return lines
    }

    private static func type(_ name: String, _ fields: [APIField], of parent: String? = nil) -> [String] {
        let heir = parent.map { " : lvmbackup.\($0)" } ?? ""
        return ["---@class lvmbackup.\(name)\(heir)"] + fields.map(field) + [""]
    }

    private static var run: [String] {
        var lines = ["---@class lvmbackup.Files"]
        lines += API.fileFunctions.map { "---@field \($0.name) fun(\(parameters($0))): \($0.returns) \($0.meaning)" }
        lines += ["", "---@class lvmbackup.Run"]
        lines += API.runFields.map { $0.name == "fs" ? "---@field fs lvmbackup.Files \($0.meaning)" : field($0) }
        return lines + (API.verdicts + API.runFunctions).map(method) + [""]
    }

    private static func field(_ field: APIField) -> String {
        let since = field.since.map { ", there after step \($0.rawValue)" } ?? ""
        let mark = field.isRequired ? "" : "?"
        return "---@field \(field.name)\(mark) \(annotation(field)) \(field.meaning)\(since)"
    }

    private static func annotation(_ field: APIField) -> String {
        if let words = field.words { return words.map { "\"\($0)\"" }.joined(separator: "|") }
        if let items = field.items {
            return field.type == .list ? "(\(items.annotation))[]" : "table<string, \(items.annotation)>"
        }
        guard let record = field.record else { return field.type.annotation }
        return "lvmbackup.\(record.rawValue)" + (field.type == .list ? "[]" : "")
    }

    // MARK: Functions

    private static func parameters(_ function: APIFunction) -> String {
        names(function).map { $0 == "…" ? "...: any" : "\($0): any" }.joined(separator: ", ")
    }

    private static func names(_ function: APIFunction) -> [String] {
        function.parameters.split(separator: ", ").map(String.init)
    }

    private static func method(_ function: APIFunction) -> String {
        let verbs = Verb.allCases.filter(function.verbs.contains).map(\.rawValue).joined(separator: ", ")
        let lock = function.isRefusedUnderLock ? "; refused while the lock is held" : ""
        let rest = function.parameters.isEmpty ? "" : ", \(parameters(function))"
        return "---@field \(function.name) fun(self: lvmbackup.Run\(rest)): \(function.returns) "
            + "\(function.meaning) (\(verbs)\(lock))"
    }

    private static func function(_ prefix: String, _ function: APIFunction) -> [String] {
        let names = names(function).map { $0 == "…" ? "..." : $0 }
        return names.map { "---@param \($0)\(APIFunction.optional.contains($0) ? "?" : "") any" }
            + (function.returns == "nil" ? [] : ["---@return \(function.returns)"])
            + ["function \(prefix)\(function.name)(\(names.joined(separator: ", "))) end"]
    }

    /// One overload for each target: it names the function's arguments and results.
    private static func register(_ verb: Verb) -> [String] {
        let overloads = API.targets(verb).flatMap { target -> [String] in
            let f = API.signature(verb, target)
            return [
                "---@overload fun(target: \"\(target)\", f: \(f))",
                "---@overload fun(target: \"\(target)\", options: lvmbackup.Options, f: \(f))",
            ]
        }
        return overloads + ["function backup.\(verb.rawValue)(target, options, f) end", ""]
    }

    /// The further names in test files.
    private static var tests: [String] {
        var lines = ["---@class lvmbackup.Fake"]
        lines += API.fakeFunctions.map { "---@field \($0.name) fun(\(parameters($0))): \($0.returns) \($0.meaning)" }
        lines += API.fakeFields.map(field)
        lines += ["", "expect = {}", ""]
        for function in API.testFunctions { lines += ["---\(function.meaning)"] + self.function("", function) + [""] }
        for function in API.expectFunctions {
            lines += ["---\(function.meaning)"] + self.function("expect.", function) + [""]
        }
        return lines
    }
}
