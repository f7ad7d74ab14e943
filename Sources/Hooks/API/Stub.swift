import Lifecycle

/// What editors and linters are told of the API, made from the table that the checks use.
public enum Stub {
    /// `---@meta` for the Lua language server.
    public static var annotations: String {
        var lines = ["---@meta", "-- made by \"lvmbackup hook types\", API \(API.version)", ""]
        lines += ["---@class lvmbackup.Verdict", "", "---@class lvmbackup.Release"]
        lines += API.releaseFields.map(field)
        lines += ["", "---@class lvmbackup.Options"] + API.options.map(field)
        lines += ["", "---@class lvmbackup.Command"] + API.execFields.map(field)
        lines += ["", "---@class lvmbackup.LivingCommand"] + API.spawnFields.map(field)
        lines += ["", "---@class lvmbackup.Process"] + API.processFields.map(field)
        lines += ["", "---@class lvmbackup.Files"]
        lines += API.fileFunctions.map { "---@field \($0.name) fun(\(parameters($0))): \($0.returns) \($0.meaning)" }
        lines += ["", "---@class lvmbackup.Run"]
        lines += API.runFields.map { $0.name == "fs" ? "---@field fs lvmbackup.Files \($0.meaning)" : field($0) }
        for function in API.verdicts + API.runFunctions { lines += method(function) }
        lines += ["", "backup = {}", "log = {}", "json = {}", ""]
        for verb in Verb.allCases { lines += register(verb) }
        return (lines + Self.rest + tests).joined(separator: "\n") + "\n"
    }

    /// A `.luacheckrc` for hook files.
    public static var luacheck: String {
        func names(_ list: [String]) -> String { list.map { "\"\($0)\"" }.joined(separator: ", ") }
        let backup = Verb.allCases.map(\.rawValue) + ["has", "option", "require_api"]
        return """
            -- made by "lvmbackup hook types", API \(API.version)
            std = "none"
            max_line_length = false
            read_globals = {
              "_G", "_VERSION", "assert", "coroutine", "error", "getmetatable", "ipairs", "math", "next", "pairs", "pcall",
              "require", "select", "setmetatable", "string", "table", "tonumber", "tostring", "type", "utf8", "xpcall",
              os = { fields = { "time", "date", "clock" } },
              backup = { fields = { \(names(backup)) } },
              log = { fields = { "debug", "info", "warn", "error" } },
              json = { fields = { "encode", "decode" } },
            }
            files["**/*_test.lua"] = {
              read_globals = { \(names(API.testFunctions.map(\.name))), expect = { fields = { \(names(API.expectFunctions.map(\.name))) } } },
            }

            """
    }

    /// What test files see besides.
    private static var tests: [String] {
        var lines = ["---@class lvmbackup.Fake"]
        lines += API.fakeFunctions.map { "---@field \($0.name) fun(\(parameters($0))): \($0.returns) \($0.meaning)" }
        lines += API.fakeFields.map(field)
        lines += ["", "expect = {}", ""]
        for function in API.testFunctions { lines += ["---\(function.meaning)", signature("", function), ""] }
        for function in API.expectFunctions { lines += ["---\(function.meaning)", signature("expect.", function), ""] }
        return lines
    }

    private static func signature(_ prefix: String, _ function: APIFunction) -> String {
        "function \(prefix)\(function.name)(\(function.parameters.replacing("…", with: "..."))) end"
    }

    private static func field(_ field: APIField) -> String {
        let since = field.since.map { ", from step \($0.rawValue) on" } ?? ""
        let mark = field.isRequired ? "" : "?"
        return "---@field \(field.name)\(mark) \(field.type.annotation) \(field.meaning)\(since)"
    }

    private static func parameters(_ function: APIFunction) -> String {
        function.parameters.split(separator: ", ").map { $0 == "…" ? "...: any" : "\($0): any" }.joined(separator: ", ")
    }

    private static func method(_ function: APIFunction) -> [String] {
        let verbs = Verb.allCases.filter(function.verbs.contains).map(\.rawValue).joined(separator: ", ")
        let lock = function.isRefusedUnderLock ? "; refused while the lock is held" : ""
        return [
            "---@field \(function.name) fun(self: lvmbackup.Run, \(parameters(function))): \(function.returns) "
                + "\(function.meaning) (\(verbs)\(lock))"
        ]
    }

    private static func register(_ verb: Verb) -> [String] {
        let targets = API.targets(verb).map { "\"\($0)\"" }.joined(separator: "|")
        return [
            "---@param target \(targets)",
            "---@param options lvmbackup.Options|fun(run: lvmbackup.Run, value: any): any",
            "---@param f? fun(run: lvmbackup.Run, value: any): any",
            "function backup.\(verb.rawValue)(target, options, f) end",
            "",
        ]
    }

    private static let rest =
        [
            "---@param version integer", "function backup.require_api(version) end", "",
            "---@param key string", "---@param default? any", "---@return any",
            "function backup.option(key, default) end", "",
            "---@param feature string", "---@return boolean", "function backup.has(feature) end", "",
            "---@param value any", "---@return string", "function json.encode(value) end", "",
            "---@param text string", "---@return any", "function json.decode(text) end", "",
        ]
        + ["debug", "info", "warn", "error"].flatMap {
            ["---@param text string", "---@param fields? table", "function log.\($0)(text, fields) end", ""]
        }
}
