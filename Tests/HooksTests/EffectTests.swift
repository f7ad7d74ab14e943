import Lifecycle
import TestSupport
import Testing

@testable import Hooks

@Suite struct `The effects of hooks` {
    @Test func `a program runs without a shell, and its status counts`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              local r = run:exec { 'printf', '%s|', 'a b', '$HOME', env = { X = '1' } }
              log.info(r.stdout)
              log.info('code', { status = run:exec({ 'false', ok = { 0, 1 } }).status })
              run:exec { 'false' }
            end)
            """
        )
        let outcome = try await harness.run()
        #expect(harness.log.contains("test: a b|$HOME|"))
        #expect(harness.log.contains("test: code status=1"))
        #expect(outcome.failure?.message == "10-test.lua:5: false ended with status 1")
    }

    @Test(arguments: [
        ("run:exec({ 'true' }).code", "unknown field of the result of run:exec \"code\""),
        ("run:exec({ 'head', '-c', '17000000', '/dev/zero' })", "head wrote more than 16 MiB"),
        ("json.encode { 1, 2, a = 3 }", "a table has items 1, 2, … and other keys besides"),
        ("run.vars.x = { 'list', name = 'field' }", "a table has items 1, 2, … and other keys besides"),
    ])
    func `every loss is reported`(code: String, message: String) async throws {
        let harness = HookHarness(
            "backup.before('flush', function(run) local x = \(code) end)".replacing(
                "local x = run.vars",
                with: "run.vars"
            )
        )
        let outcome = try await harness.run()
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "")")
    }

    @Test func `a listener hears of a run that failed before there was an archive`() async throws {
        let harness = HookHarness(
            """
            backup.before('snapshot', function() error('boom') end)
            backup.on('finished', function(run, event)
              log.info(run.archive and 'done' or 'failed', { mount = tostring(run.mount) })
            end)
            backup.after('connect', function(run) log.info('after', { snapshot = tostring(run.snapshot) }) end)
            """
        )
        #expect(try await harness.run().ending == .failed)
        #expect(harness.log.contains("test: failed mount=nil"))
        #expect(harness.log.contains("test: after snapshot=nil"))
    }

    @Test func `a program carries the run's name, by which a killed run's is found`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              log.info(run:exec({ 'printenv', 'LVMBACKUP_RUN', env = { LVMBACKUP_RUN = 'other' } }).stdout)
              run:exec { 'printenv', 'LVMBACKUP_RUN', on_line = function(line) log.info('line ' .. line) end }
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains { $0.hasPrefix("test: \(HookHarness.runID)") })
        #expect(harness.log.contains("test: line \(HookHarness.runID)"))
    }

    @Test func `lines are heard while the program runs`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              local seen = {}
              local r = run:exec { 'printf', 'one\\\\ntwo', on_line = function(line) seen[#seen + 1] = line end }
              log.info(table.concat(seen, '+') .. ' ' .. r.status)
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains("test: one+two 0"))
    }

    @Test func `queries take values and secrets, which are never shown`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              local secret = run:secret('door')
              log.info(tostring(secret))
              local rows = run:sql('SELECT ? AS a, ?', "it's", secret)
              log.info(rows[1].answer)
              run:admin('STOP REPLICA')
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains("test: [secret door]"))
        #expect(harness.recorder.lines("sql ") == ["SELECT X'69742773' AS a, X'766572792D646F6F72'"])
        #expect(harness.recorder.lines("admin ") == ["STOP REPLICA"])
        #expect(!harness.log.joined().contains("very-door"))
    }

    @Test func `a query that fails tells none of the secrets in it`() async throws {
        var harness = HookHarness(
            """
            backup.before('flush', function(run) run:sql('SELECT ? + ?', 'plain', run:secret('door')) end)
            """
        )
        // As a server's error: the statement, and the value that it didn't like.
        harness.services.query = { sql in throw LuaError("\"\(sql)\" failed: incorrect value 'very-door'") }
        let outcome = try await harness.run()
        let message = outcome.failure?.message ?? ""
        #expect(message.contains("SELECT X'706C61696E' + X'[secret door]'"))
        #expect(message.contains("incorrect value '[secret door]'"))
        #expect(!"\(outcome)\(harness.log)".contains("766572792D646F6F72"))
        #expect(!"\(outcome)\(harness.log)".contains("very-door"))
    }

    @Test func `slow calls are refused while the lock is held`() async throws {
        for call in ["run:http { url = 'http://127.0.0.1:1' }", "run:admin('x')", "return run:retry('busy')"] {
            let harness = HookHarness("backup.before('snapshot', function(run) \(call) end)")
            let outcome = try await harness.run()
            #expect(outcome.failure?.message.contains("refused while the lock is held") == true)
            #expect(harness.releases == ["lock", "run lock", "session"])
        }
    }

    @Test func `an undo runs at the end, data and function alike`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              run:intend { exec = { 'true', 'later' } }
              run:undo('flag', { sql = 'SET GLOBAL x = 0' })
              run:undo('file', function(run) log.info('undone by hand') end)
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        // The data of an undo is recorded, too: it outlives the process.
        #expect(harness.recorder.lines("intend ") == ["true later", "client 'SET GLOBAL x = 0'"])
        #expect(harness.recorder.lines("undo ") == ["client 'SET GLOBAL x = 0'"])
        #expect(harness.log.contains("test: undone by hand"))
    }

    @Test(arguments: ["run:exec { 'sleep', '30' }", "run:exec { 'sleep', '30', on_line = function() end }"])
    func `a program does not outlast its hook's time`(body: String) async throws {
        let harness = HookHarness("backup.before('flush', { timeout = 0.2 }, function(run) \(body) end)")
        let start = ContinuousClock.now
        #expect(try await harness.run().ending == .failed)
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test func `hearing of messages and warnings does not go on for ever`() async throws {
        let harness = HookHarness(
            """
            backup.on('message', function() log.info('heard') error('no') end)
            backup.on('warning', function(run) run:warn('heard') error('no') end)
            backup.before('flush', function() log.info('first') end)
            """
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.count == 1)
    }

    @Test func `a dry run changes nothing`() async throws {
        var harness = HookHarness(
            """
            backup.before('connect', function(run)
              run:undo('x', { exec = { 'never' } })
              run:intend { exec = { 'never' } }
              run:admin('STOP REPLICA')
            end)
            """
        )
        harness.options.isDryRun = true
        #expect(try await harness.run().ending == .succeeded)
        #expect(
            harness.recorder.lines("admin ") + harness.recorder.lines("intend ") + harness.recorder.lines("undo ") == []
        )
        #expect(harness.log.contains("would send STOP REPLICA"))
    }

    @Test func `a time without end is refused`() async {
        let text = "backup.before('flush', { timeout = math.huge }, function() end)"
        #expect(await HookHarness(text).complaint().contains("has to be a time"))
    }

    @Test(arguments: ["math.huge", "'soon'"])
    func `a request's time is checked like every other`(timeout: String) async throws {
        let harness = HookHarness(
            "backup.before('flush', function(run) run:http { url = 'http://127.0.0.1:1', timeout = \(timeout) } end)"
        )
        #expect(try await harness.run().failure?.message.contains("timeout has to be a time") == true)
    }

    @Test func `a hook that declines leaves the step to the built-in`() async throws {
        let harness = HookHarness("backup.replace('lock', function(run) return run:decline('not mine') end)")
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.steps.contains("lock"))
    }

    @Test(arguments: [
        ("lock", "return { release = 1 }", "result.release has to be"),
        ("snapshot", "return {}", "result lacks device"),
        ("snapshot", "return { device = '/d' }", "result lacks release"), ("mount", "return 'x'", "returned string"),
        ("archive", "return { location = '/x', bytes = 1.5, files = 1 }", "has to be a whole number"),
        ("recover", "return { cleen = true }", "unknown field of result \"cleen\", did you mean \"clean\"?"),
    ])
    func `a result of another form fails the step`(step: String, body: String, message: String) async throws {
        let outcome = try await HookHarness("backup.replace('\(step)', function(run) \(body) end)").run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "")")
    }

    // MARK: Hooks that don't come back

    @Test func `a subscriber to an event under the lock does not lengthen it`() async throws {
        let harness = HookHarness("backup.on('locked', { timeout = 0.2 }, function() while true do end end)")
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect((outcome.lockHeldSeconds ?? 9) < 0.2)
        #expect(outcome.warnings.contains { $0.contains("took longer than 0.2 s") })
    }

    @Test func `a file that was left behind is warned of once`() async throws {
        var harness = HookHarness(
            "backup.on('step_started', { timeout = 0.1 }, function() ('a'):rep(900):find('.-.-b$') end)"
        )
        harness.services.grace = .milliseconds(100)
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(
            outcome.warnings == [
                "hook \"test/on.step_started\": 10-test.lua:1: it did not return within 0.1 s",
                "the hooks of 10-test.lua receive no more events: the file was left behind",
            ]
        )
    }
}
