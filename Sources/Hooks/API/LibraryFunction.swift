extension API {
    /// The replacement that hooks have for a name of Lua's.
    static let instead = [
        "print": "write log.info(\"…\")",
        "io": "write run.fs.read(path), or run:exec { \"program\" }",
        "load": "write require(\"MODULE\") for lib/MODULE.lua",
        "loadstring": "write require(\"MODULE\") for lib/MODULE.lua",
        "loadfile": "write require(\"MODULE\") for lib/MODULE.lua",
        "dofile": "write require(\"MODULE\") for lib/MODULE.lua",
        "package": "modules are the files of lib, for require(\"MODULE\")",
        "debug": "write log.debug(\"…\"); an error has its lines and its traceback",
        "unpack": "write table.unpack(list)",
        "os.execute": "write run:exec { \"program\", \"word\" }",
        "os.getenv": "write backup.option(\"name\", \"default\")",
        "os.remove": "write run:exec { \"rm\", \"-f\", path }",
        "os.rename": "write run:exec { \"mv\", from, to }",
        "os.exit": "write return run:veto(\"why\"), or error(\"why\")",
        "os.tmpname": "write run:exec { \"mktemp\" }",
        "table.getn": "write #list",
        "run": "it is the first parameter of a hook's function: function(run)",
        "event": "it is the second parameter of an on hook: function(run, event)",
        "bit32": "write a & b, a | b, a ~ b, a << n, a >> n",
        "module": "write return { send = send } at the end of lib/MODULE.lua",
        "string.gfind": "write string.gmatch(text, pattern)",
        "table.foreach": "write for key, value in pairs(t) do … end",
        "table.foreachi": "write for i, value in ipairs(list) do … end",
        "table.maxn": "write #list",
        "os.difftime": "write one - other",
    ]

    /// Modules of other programs, for which hooks have something of their own.
    static let insteadOfModule = [
        "cjson": "json.encode and json.decode are there without it",
        "dkjson": "json.encode and json.decode are there without it",
        "json": "json.encode and json.decode are there without it",
        "lfs": "run.fs has the functions for files",
        "luasql.mysql": "run:sql asks the server",
        "posix": "run:exec and run.fs stand for it",
        "socket": "run:http sends requests",
        "socket.http": "run:http sends requests",
        "ssl.https": "run:http sends requests",
    ]

    /// The replacement for a name that `run` is often thought to have.
    static let insteadOfField = [
        "log": "write log.info(\"…\")",
        "print": "write log.info(\"…\")",
        "info": "write log.info(\"…\")",
        "fail": "write error(\"…\"), or return run:veto(\"why\")",
        "abort": "write return run:veto(\"why\"), or error(\"why\")",
        "sleep": "write return run:retry(\"why\", { wait = \"10s\" }), or run:exec { \"sleep\", \"5\" }",
        "wait": "write return run:retry(\"why\", { wait = \"10s\" }), or run:exec { \"sleep\", \"5\" }",
        "option": "write backup.option(\"name\", default)",
        "options": "write backup.option(\"name\", default)",
        "query": "write run:sql(\"SELECT …\")",
        "shell": "write run:exec { \"program\", \"word\" }",
        "system": "write run:exec { \"program\", \"word\" }",
        "status": "in on(\"finished\") it is event.outcome.ending",
        "outcome": "in on(\"finished\") it is event.outcome",
        "event": "it is the second parameter of an on hook: function(run, event)",
        "time": "write os.time()",
        "name": "write run.id",
    ]
}

/// A function of the global tables `backup`, `log` and `json`; its row in the table.
///
/// The prelude makes the tables from these rows, and `FileLibrary` answers each case by an exhaustive switch.
package enum LibraryFunction: String, CaseIterable, Sendable {
    case option = "backup.option"
    case has = "backup.has"
    case requireAPI = "backup.require_api"
    case debug = "log.debug"
    case info = "log.info"
    case warn = "log.warn"
    case error = "log.error"
    case encode = "json.encode"
    case decode = "json.decode"
    case array = "json.array"

    /// The global table, and the name in it.
    var path: (library: String, name: String) {
        let parts = rawValue.split(separator: ".").map(String.init)
        return (parts[0], parts[1])
    }

    package var row: APIFunction {
        switch self {
        case .option:
            function(
                "key, default",
                returns: "any",
                "the file's setting `key` under `[hooks.NAME]`, or of `--set NAME.KEY=VALUE`. The default's form gives the type: \"30s\" seconds, \"10GiB\" bytes, 5 a whole number, true a boolean, {} a list or table; without a default it is text that has to be set"
            )
        case .has:
            function(
                "feature",
                returns: "boolean",
                "whether the API has a verb, step, event, field, or function such as \"run:pipe\""
            )
        case .requireAPI: function("version", "refuses the file where this version of the API is not there")
        case .debug: function("text, fields", "a line that --log-level debug shows; fields: a table of more values")
        case .info: function("text, fields", "a line of the log")
        case .warn: function("text, fields", "a warning, which is part of the outcome")
        case .error: function("text, fields", "a line of the log that is as loud as a notice; the run goes on")
        case .encode: function("value", returns: "string", "a value as JSON, keys sorted")
        case .decode: function("text", returns: "any", "the value of a JSON text, 4 MiB at most; null is nil")
        case .array: function("items", returns: "any[]", "a list that is a JSON array also where it is empty")
        }
    }

    private func function(_ parameters: String, returns: String = "nil", _ meaning: String) -> APIFunction {
        APIFunction(path.name, parameters, returns: returns, verbs: .all, meaning)
    }
}
