import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The values that hooks read and hand on.
@Suite struct `Values of hooks` {
    /// Runs the body in a hook, and then the check in a hook of another file.
    private func run(_ body: String, check: String = "") async throws -> HookHarness {
        var harness = HookHarness("backup.before('flush', function(run) \(body) end)")
        harness.files.append(("20-other.lua", "backup.before('mount', function(run) \(check) end)"))
        let outcome = try await harness.run()
        harness.recorder.add("failure \(outcome.failure?.message ?? "none")")
        return harness
    }

    private func failure(_ harness: HookHarness) -> String { harness.recorder.lines("failure ").first ?? "" }

    @Test(arguments: [
        ("run.vars.t = { 1, 2 } run.vars.t[2] = 5", "run.vars.t[2]", "5"),
        ("run.vars.t = { a = {} } run.vars.t.a.b = 'deep'", "run.vars.t.a.b", "deep"),
        ("run.vars.t = {} local a, b = run.vars.t, run.vars.t a.x = 1 b.y = 2", "run.vars.t.x + run.vars.t.y", "3"),
        (
            "run.vars.t = {} table.insert(run.vars.t, 'a') table.insert(run.vars.t, 'b')",
            "table.concat(run.vars.t, '+')", "a+b"
        ),
        ("run.vars.t = { 'a', 'b', 'c' } table.remove(run.vars.t, 1)", "table.concat(run.vars.t, '+')", "b+c"),
        ("run.vars.t = { 3, 1, 2 } table.sort(run.vars.t)", "table.concat(run.vars.t, '+')", "1+2+3"),
        ("run.vars.t = { a = 1 } run.vars.t.a = nil", "tostring(next(run.vars.t))", "nil"),
        ("run.vars.t = { 'a', 'b' }", "#run.vars.t", "2"),
        ("run.vars.x = 1 run.vars.x = nil", "tostring(run.vars.x)", "nil"),
        ("run.vars.copy = run.server", "run.vars.copy.flavour", "mariadb"),
        ("run.vars.t = { list = run.server.files, n = 1 }", "run.vars.t.n", "1"),
    ])
    func `variables are a table at every depth`(body: String, expression: String, value: String) async throws {
        let harness = try await run(body, check: "log.info(tostring(\(expression)))")
        #expect(harness.log.contains("other: \(value)"), "\(failure(harness)) \(harness.log)")
    }

    @Test func `variables can be gone through`() async throws {
        let check = """
            local names = {}
            for name, value in pairs(run.vars) do names[#names + 1] = name .. '=' .. (value.n or value[1]) end
            table.sort(names)
            for i, value in ipairs(run.vars.b) do names[#names + 1] = i .. value end
            log.info(table.concat(names, ' '))
            """
        let harness = try await run("run.vars.a = { n = 1 } run.vars.b = { 'x', 'y' }", check: check)
        #expect(harness.log.contains("other: a=1 b=x 1x 2y"), "\(failure(harness))")
    }

    @Test(arguments: [
        ("run.vars.t = { 1 } run.vars.t[3] = 3", "a list of 1 items has no place 3: the next one is 2"),
        ("run.vars.t = { 1, 2 } run.vars.t[1] = nil", "use table.remove"),
        ("run.vars.t = { 1 } run.vars.t.name = 1", "either items 1, 2, … or names, not both"),
        ("run.vars.f = function() end", "a function, coroutine or the like cannot be handed over here"),
        ("run.vars[true] = 1", "run.vars takes names and whole numbers, not a boolean"),
        ("run.vars.x = 1 / 0", "run.vars hold neither infinite numbers nor nan"),
        ("run.config.x = 1", "run.config.x cannot be set: only run.vars hands values on"),
        ("run.server.files[1] = 1", "run.server.files.1 cannot be set"),
        ("run.volume.mount_points.x = 1", "cannot be set"),
        ("table.insert(run.warnings, 'x')", "run.warnings.1 cannot be set"),
        ("local x = run.server.flavor", "unknown field of run.server \"flavor\", did you mean \"flavour\"?"),
        ("local x = run.config.max_lcok", "unknown field of run.config \"max_lcok\", did you mean \"max_lock\"?"),
        ("local x = run.timings.flsh", "unknown field of run.timings \"flsh\", did you mean \"flush\"?"),
        (
            "local x = run.fs.stat('/').sise",
            "unknown field of the result of run.fs.stat \"sise\", did you mean \"size\"?"
        ),
        (
            "run:http { url = 'http://127.0.0.1:1', tiemout = 1 }",
            "unknown field of request \"tiemout\", did you mean \"timeout\"?"
        ),
        ("run:exec { 'true', tiemout = 1 }", "unknown field of command \"tiemout\", did you mean \"timeout\"?"),
        ("error({ code = 5, 'x' })", "{ x, code = 5 }"), ("error({})", "{  }"),
        ("error({ message = 'mine', code = 5 })", "mine"), ("error({ inner = {} })", "{ inner = {…} }"),
        ("json.encode(0/0)", "JSON has neither infinite numbers nor nan"),
        ("json.array(5)", "json.array needs a list, not number"),
        ("json.array { a = 1 }", "json.array needs a list: it has the field \"a\""),
    ])
    func `a slip is told with its line`(body: String, message: String) async throws {
        let failure = failure(try await run("\n\(body)"))
        #expect(failure.hasPrefix("10-test.lua:2: ") && failure.contains(message), "\(failure)")
    }

    @Test(arguments: [
        ("json.array {}", "[]"), ("{}", "{}"), ("{ list = json.array {}, n = 1 }", "{\"list\":[],\"n\":1}"),
        ("json.array { 1, 2 }", "[1,2]"), ("run.warnings", "[]"),
        ("json.decode('{\"a\":[],\"b\":{}}')", "{\"a\":[],\"b\":{}}"),
        ("run.server.files", "[]"), ("{ run.server.flavour }", "[\"mariadb\"]"),
    ])
    func `an empty list is not an empty table`(value: String, text: String) async throws {
        let harness = try await run("log.info(json.encode(\(value)))")
        #expect(harness.log.contains("test: \(text)"), "\(failure(harness)) \(harness.log)")
    }

    @Test func `an event and a step's result can be read only, and a wrong name is a mistake`() async throws {
        let harness = HookHarness(
            """
            backup.on('finished', function(run, event) local x = event.outcome.endign end)
            backup.on('unlocked', function(run, event) event.held_seconds = 0 end)
            backup.after('connect', function(run, server) local x = server.versoin end)
            backup.on('locked', function(run, event) log.info(event.plan) end)
            """
        )
        let warnings = try await harness.run().warnings.joined(separator: "\n")
        #expect(warnings.contains("unknown field of event.outcome \"endign\", did you mean \"ending\"?"))
        #expect(warnings.contains("event.held_seconds cannot be set"))
        #expect(warnings.contains("unknown field of the result \"versoin\", did you mean \"version\"?"))
        #expect(harness.log.contains("test: stage"))
    }

    // MARK: Released things, and places

    @Test func `a released thing is gone`() async throws {
        let harness = HookHarness(
            """
            backup.before('archive', function(run) log.info('before ' .. run.mount.path .. ' ' .. run.snapshot.name) end)
            backup.before('publish', function(run) log.info(tostring(pcall(function() return run.mount end))) end)
            backup.after('publish', function(run) log.info('after ' .. tostring(run.mount) .. tostring(run.snapshot)) end)
            backup.before('retain', function(run) return run.snapshot.name end)
            """
        )
        let outcome = try await harness.run()
        #expect(harness.log.contains("test: before /mnt/data s"))
        #expect(harness.log.contains("test: false"))
        #expect(harness.log.contains("test: after nilnil"))
        #expect(outcome.warnings.contains { $0.contains("run.snapshot is gone: the snapshot was removed") })
    }

    @Test func `an error of a result and of a filter has its line`() async throws {
        let filter = HookHarness("\n\nbackup.filter('archive.exclude', function() return 5 end)")
        #expect(
            try await filter.run().failure?.message.hasPrefix("10-test.lua:3: the returned value")
                == true
        )
        let lock = HookHarness("\nbackup.replace('lock', function() return { plan = 'mine' } end)")
        #expect(try await lock.run().failure?.message.hasPrefix("10-test.lua:2: the result has no release") == true)
    }

    @Test func `an empty hook of a limit names its option`() async throws {
        let harness = HookHarness("backup.before('flush', { timeout = 0.05 }, function() while true do end end)")
        #expect(try await harness.run().failure?.message.contains("(the hook's option timeout)") == true)
        let program = HookHarness("backup.before('flush', function(run) run:exec { 'sleep', '5', timeout = 0.1 } end)")
        #expect(
            try await program.run().failure?.message.contains(
                "sleep took longer than 0.1 s (the program's option timeout)"
            )
                == true
        )
    }

    @Test(arguments: [
        ("backup.before('lokc', function() end)\nbackup.after('publihs', function() end)\nlocal x = nope", [1, 2, 3]),
        ("backup.on('finishd', function() end)\nbackup.before('lock')", [1, 2]),
    ])
    func `all mistakes of a file are told`(text: String, lines: [Int]) async {
        let error = await #expect(throws: HookError.self) { try await HookHarness(text).load() }
        #expect(error?.all.map { $0.place?.line } == lines)
    }

    @Test func `mistakes of several files are told, in order`() async {
        var harness = HookHarness("error('first')")
        harness.files.append(("20-other.lua", "local x = = 1"))
        let error = await #expect(throws: HookError.self) { try await harness.load() }
        #expect(error?.all.map { $0.place?.file } == ["10-test.lua", "20-other.lua"])
        #expect(await harness.complaint() == "10-test.lua:1: first\n20-other.lua:1: unexpected symbol near '='")
    }

    @Test(arguments: [
        ("while true do end", "10-test.lua:1: it took longer than 5 s"),
        (
            "local x = ('x'):rep(1 << 30)",
            "10-test.lua: it needs more than 64 MiB"
        ),
    ])
    func `a file that does not come to its end is named`(text: String, message: String) async {
        #expect(await HookHarness(text).complaint().hasPrefix(message))
    }
}
