import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// `lvmbackup hook test`: passing cases, failing cases, and their reports.
@Suite struct `The test kit` {
    private let harness: KitStage
    private var directory: String { harness.directory }

    init() throws { harness = try KitStage() }

    private func run(_ test: String, of hook: String, runner: TestRunner = TestRunner()) async throws -> [TestResult] {
        try await harness.run(test, of: hook, runner: runner)
    }

    private func failure(_ body: String, of hook: String = Self.hook) async throws -> TestFailure? {
        try await harness.failure(body, of: hook)
    }

    /// Does at one step what is in the vars.
    private static let hook = """
        backup.before('flush', function(run)
          local what = run.vars.what
          if what == 'sql' then return run:veto(run:sql('SELECT ?', 1)[1].a) end
          if what == 'exec' then return run:veto(run:exec{ 'true', 'x', timeout = 10 }.stdout) end
          if what == 'http' then return run:veto(run:http{ url = 'http://x/' }.body) end
          if what == 'file' then return run:veto(run.fs.read('/x')) end
          if what == 'hidden' then pcall(run.sql, run, 'SELECT 2') end
          if what == 'secret' then return run:veto(run:exec{ 'p', run:secret('s') }.stdout) end
          if what == 'time' then return run:veto(tostring(os.time())) end
          if what == 'raise' then error('boom') end
          if what == 'later' then return run:veto(run.snapshot.name) end
        end)
        """

    @Test func `a fake sees the releases that came before an act`() async throws {
        let hook = """
            backup.before('lock', function(run)
              run:intend { sql = 'SET x = 0' }
              run:undo('p', { exec = { 'p', 'ready' } })
              run:exec { 'p', 'drain' }
              run:undo('q', function(later) later:exec { 'q' } end)
            end)
            """
        let body = """
            local seen
            fake.exec({ 'p' }, function() seen = { #fake.undos, #fake.intended, fake.undos[1].name } end)
            fake.exec({ 'q' }, '')
            fake.call('before.lock')
            expect.equal(seen, { 1, 1, 'p' })
            local kinds = {}
            for i, call in ipairs(fake.calls) do kinds[i] = call.kind end
            expect.equal(kinds, { 'intend', 'undo', 'exec', 'undo' })
            expect.equal(fake.calls.undo[1], { kind = 'undo', name = 'p', exec = { 'p', 'ready' } })
            fake.undos[2].run()
            expect.equal(fake.calls.exec[2].words, { 'q' })
            """
        #expect(try await failure(body, of: hook) == nil)
    }

    // MARK: Failing cases

    @Test(arguments: [
        ("expect.equal(1, 2)", 2, "1, expected 2"),
        (
            "\nexpect.equal({ a = { 1, 2 } }, { a = { 1, 3 }, b = 'x' })", 3,
            ".a[2] is 2, expected 3\n.b is nil, expected \"x\""
        ),
        ("expect.matches('abc', '^b')", 2, "\"abc\" does not match \"^b\""),
        ("expect.raises('x', error, 'y')", 2, "raised \"y\", expected \"x\""),
        ("expect.raises('x', function() end)", 2, "no error was raised, expected one with \"x\""),
        ("pcall(expect.equal, 1, 2)", 2, "1, expected 2"),
        ("fake.call('before.lock')", 2, "10-a.lua has no before.lock; it has before.flush"),
        ("fake.call('before.lokc')", 2, "a run has no call \"before.lokc\", did you mean \"before.lock\"?"),
        ("fake.run { sever = {} }", 2, "unknown field of run \"sever\", did you mean \"server\"?"),
        (
            "fake.run { server = { flavor = 'x' } } fake.call('before.flush')", 2,
            "run.server has no field \"flavor\", did you mean \"flavour\"?"
        ),
        ("fake.sgl('x', {})", 2, "unknown fake \"sgl\", did you mean \"sql\"?"),
        ("backup.before('lock', function() end)", 2, "unknown global \"backup\""),
        ("io.open('/etc/passwd')", 2, "hooks have no io: write run.fs.read(path), or run:exec { \"program\" }"),
        ("fake.vars.what = 'hidden' fake.call('before.flush')", nil, "no fake for sql: SELECT 2"),
        ("fake.vars.what = 'raise' fake.call('before.flush')", 2, "10-a.lua:10: boom"),
        (
            "fake.vars.what = 'later' fake.call('before.flush')", 2,
            "10-a.lua:11: run.snapshot is there after step snapshot"
        ),
    ])
    func `a case that is wrong fails, with its line`(body: String, line: Int?, message: String) async throws {
        let failure = try #require(try await failure(body))
        #expect(failure.message == message)
        #expect(failure.line == line)
    }

    @Test(arguments: [
        ("sql", "sql: SELECT 1"), ("exec", "exec: true x"), ("http", "http: http://x/"), ("file", "run.fs.read: /x"),
    ])
    func `a call without a fake fails the case and is named`(what: String, asked: String) async throws {
        let asked = asked.replacing("fs.read", with: what == "file" ? "fs.open" : "fs.read")
        let failure = try await failure("fake.vars.what = '\(what)' fake.call('before.flush')")
        #expect(failure?.message.contains("no fake for \(asked)") == true, "\(failure?.message ?? "passed")")
    }

    @Test func `a hook's error is shown with the lines around it`() async throws {
        let failure = try await failure("fake.vars.what = 'raise' fake.call('before.flush')")
        #expect(failure?.detail?.contains("> 10 |   if what == 'raise' then error('boom') end") == true)
    }

    // MARK: Passing cases

    @Test(arguments: [
        "fake.sql('SELECT 1', { { a = 7 } }) fake.vars.what = 'sql' expect.equal(fake.call('before.flush').reason, '7')",
        "fake.exec({ 'true' }, 'out') fake.vars.what = 'exec' expect.equal(fake.call('before.flush').reason, 'out')",
        "fake.http('//x/', { body = 'b' }) fake.vars.what = 'http' expect.equal(fake.call('before.flush').reason, 'b')",
        "fake.fs['/x'] = 'text' fake.vars.what = 'file' expect.equal(fake.call('before.flush').reason, 'text')",
        """
        fake.secret('s', 'very') fake.vars.what = 'secret'
        fake.exec(function(command) return command.words[2] end)
        expect.equal(fake.call('before.flush').reason, '[secret s]')
        expect.equal(fake.calls.exec[1].words, { 'p', 'very' })
        """,
        """
        fake.clock.set('2026-01-31T10:00:00Z') fake.clock.advance('15s') fake.vars.what = 'time'
        expect.equal(fake.call('before.flush').reason, '1769853615')
        expect.equal(os.time(), 1769853615)
        expect.equal(math.type(fake.clock.now()), 'integer')
        """,
        "fake.exec({ 'true' }, { takes = '20s' }) fake.vars.what = 'exec' expect.raises('longer than 10 s', fake.call, 'before.flush')",
        "fake.sql('SELECT', { error = 'gone away' }) fake.vars.what = 'sql' expect.raises('10-a.lua:3: gone away', fake.call, 'before.flush')",
    ])
    func `the hook gets the fake's values`(body: String) async throws {
        #expect(try await failure(body) == nil)
    }

    @Test func `every case has a machine, a hook and a clock of its own`() async throws {
        let hook =
            "local count = 0; backup.before('flush', function(run) count = count + 1 return run:veto(tostring(count)) end)"
        let one =
            "test('x', function(fake) fake.clock.advance(1) fake.fs['/a'] = 'b'; fake.vars.x = 1\n"
            + "expect.equal(fake.call('before.flush').reason, '1') end)\n"
        let other =
            "test('y', function(fake) expect.equal(fake.call('before.flush').reason, '1')\n"
            + "expect.equal(fake.clock.now(), 1795342502) expect.equal(fake.fs['/a'], nil) expect.equal(fake.vars.x, nil) end)"
        let results = try await run(one + other, of: hook)
        #expect(results.map(\.failure) == [nil, nil])
        #expect(results.map(\.line) == [1, 3])
    }

    @Test func `a replacement's result is checked as in a run, and its release can be called`() async throws {
        let hook = """
            backup.replace('snapshot', function(run)
              run:intend{ exec = { 'drop' } }
              run:undo('flag', { sql = 'SET x = 0' })
              if run.vars.is_wrong then return { device = '/dev/x' } end
              return { device = '/dev/x', release = function(run) run:exec{ 'drop', '/dev/x' } end }
            end)
            """
        let body = """
            local result = fake.call('replace.snapshot')
            expect.equal(result.device, '/dev/x')
            expect.equal(fake.intended, { { exec = { 'drop' } } })
            expect.equal(fake.undos, { { name = 'flag', sql = 'SET x = 0' } })
            fake.exec({ 'drop', '/dev/x' }, {})
            result.release.call()
            expect.equal(#fake.calls.exec, 1)
            fake.vars.is_wrong = true
            expect.raises('result lacks release', fake.call, 'replace.snapshot')
            """
        #expect(try await failure(body, of: hook) == nil)
    }

    @Test func `under the lock a hook may do as little as in a run`() async throws {
        let hook = "backup.before('snapshot', function(run) run:http{ url = 'http://x/' } end)"
        let body = "expect.raises('refused while the lock is held', fake.call, 'before.snapshot')"
        #expect(try await failure(body, of: hook) == nil)
    }

    @Test func `options are checked as in a run`() async throws {
        let hook = "local url = backup.option('url') backup.before('flush', function(run) return run:veto(url) end)"
        let body = "fake.options { url = 'u' } expect.equal(fake.call('before.flush').reason, 'u')"
        #expect(try await failure(body, of: hook) == nil)
        let missing = try await failure("fake.call('before.flush')", of: hook)
        #expect(
            missing?.message
                == "10-a.lua:1: the option url is not set, and has no default: set it under [hooks.a], or by --set a.url=VALUE"
        )
    }

    @Test(arguments: Fact.Kind.allCases)
    func `every event can be received without fields of the test`(kind: Fact.Kind) async throws {
        let hook = "backup.on('\(kind.rawValue)', function(run, event) run.vars.event = event.event end)"
        let body = "fake.event('\(kind.rawValue)') expect.equal(fake.vars.event, '\(kind.rawValue)')"
        #expect(try await failure(body, of: hook) == nil)
    }

    // MARK: Safety

    @Test(arguments: ["while true do end", "while true do pcall(error) end"])
    func `a case that does not end is ended`(body: String) async throws {
        var runner = TestRunner()
        runner.limit = .milliseconds(200)
        let results = try await run("test('it', function() \(body) end)", of: "", runner: runner)
        #expect(results[0].failure?.message == "it took longer than 0.2 s")
    }

    @Test func `a case that cannot be ended is left behind`() async throws {
        var runner = TestRunner()
        (runner.limit, runner.patience) = (.milliseconds(200), .milliseconds(500))
        let body = "(('a'):rep(24)):find(('a-'):rep(12) .. 'b')"
        let results = try await run("test('it', function() return \(body) end)", of: "", runner: runner)
        #expect(results[0].failure?.message == "it did not return within 0.5 s")
    }

    @Test func `a case has a memory cap`() async throws {
        let failure = try await failure("local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end")
        #expect(failure?.message == "not enough memory")
    }

    // MARK: Files

    @Test func `a test without a case, or that cannot be loaded, is an error`() async throws {
        for (test, message) in [
            ("", "it has no test(\"…\", function(fake) … end)"), ("x =", "unexpected symbol near <eof>"),
            ("test('a')", "test(\"a\") needs a function last, not a nil"),
        ] {
            let error = await #expect(throws: HookError.self) { try await run(test, of: "") }
            #expect(error?.place?.message == message)
            #expect(error?.place?.file == "10-a_test.lua")
        }
    }

    @Test func `tests that others could have changed are refused, and so are those without a hook`() throws {
        #expect(throws: HookError.self) { try TestFiles("\(directory)/10-a_test.lua") }
        for name in ["10-a.lua", "10-a_test.lua"] {
            try "".write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
        }
        #expect(try TestFiles.find(in: directory).map(\.path) == ["\(directory)/10-a_test.lua"])
        let both = try TestFiles.named(["\(directory)/10-a.lua", "\(directory)/10-a_test.lua"])
        #expect(both.map(\.hook.name) == ["a"])
        chmod("\(directory)/10-a_test.lua", 0o666)
        let error = #expect(throws: HookError.self) { try TestFiles("\(directory)/10-a.lua") }
        #expect(error?.failure.message.contains("can be changed by others") == true)
        #expect(throws: HookError.self) { try TestFiles("\(directory)/notes") }
    }

    // MARK: The table

    @Test func `the kit has exactly the names of the table`() async throws {
        func names(_ list: [String]) -> String { "{ \(list.sorted().map { "\"\($0)\"" }.joined(separator: ", ")) }" }
        let fake = API.fakeFunctions.map(\.name) + API.fakeFields.map(\.name)
        let body = """
            local function names(of)
              local list = {}
              for name in pairs(of) do list[#list + 1] = name end
              table.sort(list)
              return list
            end
            expect.equal(names(fake), \(names(fake)))
            expect.equal(names(expect), \(names(API.expectFunctions.map(\.name))))
            """
        #expect(try await failure(body) == nil)
    }

    @Test func `the generated texts have the kit's names`() {
        for function in API.testFunctions + API.expectFunctions {
            #expect(Stub.luacheck.contains("\"\(function.name)\""))
            #expect(Stub.annotations.contains("\(function.name)("))
        }
        for name in API.fakeFunctions.map(\.name) + API.fakeFields.map(\.name) {
            #expect(Stub.annotations.contains("---@field \(name)"))
            #expect(ReferencePage.markdown.contains("`fake.\(name)"))
        }
    }
}
