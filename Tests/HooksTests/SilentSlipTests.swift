import Lifecycle
import Testing

@testable import Hooks

/// Slips that lose something without a word, and that reading the files finds.
@Suite struct `Slips that reading finds` {
    private func mistakes(_ text: String, _ fileName: String = "10-a.lua") -> [String] {
        HookFile(fileName: fileName, name: "a", path: fileName, text: text).mistakes.map(\.message)
    }

    @Test(arguments: [
        ("after('publish'", "run:exec { 'p', timeout = '6h' }", "run:exec may take 21600 s, and the hook 30 s"),
        ("on('finished'", "run:http { url = 'u', timeout = 20 }", "run:http may take 20 s, and the hook 10 s"),
        (
            "before('flush', { timeout = '1m' }", "run:pipe { { 'p' }, timeout = '2m' }",
            "run:pipe may take 120 s, and the hook 60 s"
        ),
        ("replace('archive'", "run:pipe { { 'p' }, stdout = '/x' }", "run:pipe ends after 60 s"),
        ("replace('archive'", "run:exec { 'p', stdout = '/x' }", "run:exec ends after 60 s"),
        ("after('lock'", "log.info(run.lock.held)", "run.lock.held is there after step snapshot"),
        ("before('publish'", "log.info(run.set.location)", "run.set.location is there after step publish"),
        ("after('lock'", "log.info(run.mount.path)", "run.mount is there after step mount"),
        ("before('flush'", "run:exec { 'ls', '>', '/x' }", "there is no shell"),
        ("before('flush'", "run:exec { 'ls | wc' }", "is the name of one program"),
        ("before('flush'", "run:pipe { { 'ls', '2>&1' }, { 'wc' } }", "there is no shell"),
        ("on('step_finished'", "if event.ending == 'succeeded' then return end", "event.ending is never \"succeeded\""),
        (
            "on('finished'", "if event.outcome.ending == 'done' then return end",
            "event.outcome.ending is never \"done\""
        ),
        ("before('lock', { on_error = 'ignore' }", "", "options.on_error is never \"ignore\""),
    ])
    func `a slip is told before a run`(verb: String, code: String, message: String) {
        let result = verb.hasPrefix("replace") ? "return { location = '/x', bytes = 1, files = 1 }" : ""
        let text = "backup.\(verb), function(run, event) \(code) \(result) end)"
        #expect(mistakes(text).contains { $0.contains(message) }, "\(mistakes(text))")
    }

    @Test(arguments: [
        "backup.after('publish', { timeout = '7h' }, function(run) run:exec { 'p', timeout = '6h' } end)",
        "local t = { timeout = '1h' } backup.before('flush', t, function(run) run:exec { 'p', timeout = '6h' } end)",
        "backup.before('flush', function(run) run:exec { 'find', '/x', '-exec', 'ls', ';' } end)",
        "backup.before('flush', function(run) run:exec { 'sh', '-c', 'ls | wc > /x' } end)",
        "backup.before('flush', function(run) run:exec { '/opt/my tool/run' } end)",
        "backup.before('publish', function(run) if run.snapshot_only then log.info(run.snapshot.name) end end)",
        "backup.after('snapshot', function(run) log.info(run.lock.held) end)",
    ])
    func `right code gets no complaint`(text: String) {
        #expect(mistakes(text) == [])
    }

    @Test(arguments: [
        ("local function f(run) return run.volume.grup end return f", "unknown field of run.volume \"grup\""),
        ("local M = {} function M.f(run) run:exex { 'p' } end return M", "unknown field of run \"exex\""),
        ("return { f = function(run) run:exec { 'p', tiemout = 1 } end }", "unknown field of command \"tiemout\""),
        ("local M = {}", "the library returns nothing"), ("local x = = 1", "this is not Lua"),
        ("return { f = function() print('x') end }", "hooks have no print"),
    ])
    func `libraries are read, too`(text: String, message: String) {
        #expect(mistakes(text, "lib/a.lua").contains { $0.contains(message) }, "\(mistakes(text, "lib/a.lua"))")
    }

    @Test func `a library's function may do all that its caller may`() {
        let text = """
            local M = {}
            function M.f(run) run:sql('STOP REPLICA') run:admin('x') log.info(run.mount.path) return run:veto('x') end
            return M
            """
        #expect(mistakes(text, "lib/a.lua") == [])
    }

    @Test func `a name of Lua that hooks do not have says what stands for it`() async throws {
        for (name, advice) in API.instead {
            let text = "backup.before('flush', function() local x = \(name) end)"
            #expect(mistakes(text) == ["hooks have no \(name): \(advice)"])
            let message = try await HookHarness(text).run().failure?.message
            #expect(message == "10-test.lua:1: hooks have no \(name): \(advice)")
        }
    }

    // MARK: Messages of a run

    @Test(arguments: [
        ("for _ in ipairs(run.server.keys) do end", "ipairs needs a list, not nil"),
        ("require('nothing')", "\"/nowhere/lib\""),
        ("require('cjson')", "json.encode and json.decode are there without it"),
        ("require('site.alarm')", "modules lie there themselves"),
    ])
    func `a message says what to do`(code: String, message: String) async throws {
        let failure = try await HookHarness("backup.before('flush', function(run) \(code) end)").run().failure
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(failure?.message.contains("Optional(") == false && failure?.message.contains("unreadable(") == false)
    }

    @Test func `a time with a fraction has a date`() async throws {
        let stage = HookHarness(
            "backup.before('flush', function(run) log.info(os.date('!%Y', run.started + 0.5)) end)"
        )
        #expect(try await stage.run().ending == .succeeded)
    }

    @Test(arguments: [
        ("backup.option('x', '30s')", "2", "2"), ("backup.option('x', '10GiB')", "20G", "21474836480"),
        ("table.concat(backup.option('x', {}), '+')", "[\"a\",\"b\"]", "a+b"),
        ("backup.option('x', { a = 1 }).a", "{\"a\":7}", "7"),
        ("table.concat(backup.option('x', {}), '+')", "a,b", "a+b"),
    ])
    func `an option of the command line has the form of its default`(
        option: String,
        given: String,
        seen: String
    ) async throws {
        var stage = HookHarness(
            "local x = \(option) backup.before('flush', function() log.info(('%g'):format(tonumber(x) or 0), { x = x }) end)"
        )
        stage.services.given = ["test": ["x": given]]
        _ = try await stage.run()
        #expect(stage.log.contains { $0.hasSuffix("x=\(seen)") }, "\(stage.log)")
    }
}
