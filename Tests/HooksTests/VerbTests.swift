import Lifecycle
import TestSupport
import Testing

@testable import Hooks

@Suite struct `Hook files` {
    // MARK: Every cell of the table

    static let cells: [(verb: Verb, target: String)] = Verb.allCases.flatMap { verb in
        API.targets(verb).map { (verb, $0) }
    }

    @Test(arguments: cells)
    func `every allowed verb is taken`(verb: Verb, target: String) async throws {
        let hooks = try await HookHarness("backup.\(verb.rawValue)(\"\(target)\", function() end)").load()
        #expect(hooks.registrations.map(\.name) == ["test/\(verb.rawValue).\(target)"])
        #expect(hooks.registrations.map(\.line) == [1])
    }

    static let forbidden: [(verb: Verb, target: String)] = Verb.allCases.flatMap { verb in
        let all = Set(Verb.allCases.flatMap(API.targets))
        return all.subtracting(API.targets(verb)).sorted().map { (verb, $0) }
    }

    @Test(arguments: forbidden)
    func `every forbidden verb is refused with its line and what is allowed`(verb: Verb, target: String) async {
        let complaint = await HookHarness("\nbackup.\(verb.rawValue)(\"\(target)\", function() end)").complaint()
        #expect(complaint.hasPrefix("10-test.lua:2: "), "\(complaint)")
        #expect(complaint.contains(target))
    }

    @Test(arguments: [
        ("backup.befor('lock', function() end)", "10-test.lua:1: unknown backup \"befor\", did you mean \"before\"?"),
        (
            "backup.before('lokc', function() end)",
            "10-test.lua:1: before knows no \"lokc\", did you mean \"lock\"?"
        ),
        ("backup.before('lock')", "10-test.lua:1: backup.before(\"lock\") needs a function last, not a nil"),
        (
            "backup.before('lock', { timout = 1 }, function() end)",
            "10-test.lua:1: unknown field of options \"timout\", did you mean \"timeout\"?"
        ),
        ("x = 1", "10-test.lua:1: x is a new global: make it local"),
        ("print(1)", "10-test.lua:1: hooks have no print: write log.info(\"…\")"),
        (
            "io.open('/etc/passwd')",
            "10-test.lua:1: hooks have no io: write run.fs.read(path), or run:exec { \"program\" }"
        ),
        ("os.execute('true')", "10-test.lua:1: hooks have no os.execute: write run:exec { \"program\", \"word\" }"),
        ("backup.require_api(2)", "10-test.lua:1: API 2 is not there, this is 1"),
        ("local x = = 1", "10-test.lua:1: unexpected symbol near '='"),
        ("setmetatable({}, { __gc = function() end })", "10-test.lua:1: __gc is not available to hooks"),
        ("error({ message = 'mine' })", "10-test.lua:1: mine"),
        (
            "backup.option('url')",
            "10-test.lua:1: the option url is not set, and has no default: set it under [hooks.test], or by --set test.url=VALUE"
        ),
    ])
    func `a mistake is found when the file is loaded`(text: String, complaint: String) async {
        #expect(await HookHarness(text).complaint() == complaint)
    }

    // MARK: Answers of hooks

    @Test(arguments: [
        ("run:veto('no')", Outcome.Ending.vetoed, "no"), ("run:defer('later')", .deferred, "later"),
        ("run:retry('busy', { wait = '1ms', attempts = 2 })", .deferred, "busy (after 2 attempts)"),
    ])
    func `a verdict ends the run`(verdict: String, ending: Outcome.Ending, message: String) async throws {
        let harness = HookHarness("backup.before('flush', function(run) return \(verdict) end)")
        let outcome = try await harness.run()
        #expect(outcome.ending == ending)
        #expect(outcome.failure?.message == message)
        #expect(outcome.failure?.provider == "test/before.flush")
        #expect(harness.releases == ["run lock", "session"])
    }

    @Test func `a step is skipped where that is allowed, and nowhere else`() async throws {
        let harness = HookHarness("backup.before('recover', function(run) return run:skip('not here') end)")
        #expect(try await harness.run().ending == .succeeded)
        #expect(!harness.steps.contains("recover"))
        let other = HookHarness("backup.before('lock', function(run) return run:skip('not here') end)")
        let outcome = try await other.run()
        #expect(outcome.failure?.message.contains("cannot be skipped") == true)
        #expect(other.releases == ["run lock", "session"])
    }

    @Test(arguments: [
        ("return true", "returned boolean; it may return nothing, or run:veto, defer, skip or retry"),
        ("run:veto('no')", "a verdict was made and not returned: write \"return run:veto(…)\""),
        // Such as a helper's veto, of which the caller does not return the result.
        ("run:veto('no'); return run:skip('x')", "run:veto(…) was made, and run:skip(…) returned: return the first"),
        (
            "return run:decline('no')",
            "run:decline is not for before; it takes run:veto, run:defer, run:skip, run:retry"
        ),
        ("run:veto()", "run:veto(why) takes one argument, not 0"),
        ("return run.snapshot.name", "run.snapshot is there after step snapshot"),
        ("return run.snapshto", "unknown field of run \"snapshto\", did you mean \"snapshot\"?"),
        ("run.x = 1", "run cannot be changed; run.vars hands values on"),
        ("error('boom')", "boom"),
        ("local t = {}; t.x.y = 1", "attempt to index a nil value (field 'x')"),
    ])
    func `a mistake in a hook fails the run, with its line`(body: String, message: String) async throws {
        let harness = HookHarness("backup.before('flush', function(run)\n  \(body)\nend)")
        let outcome = try await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "")")
        #expect(harness.releases == ["run lock", "session"])
    }

    @Test func `a verdict that a replacement made and did not return is an error`() async throws {
        let outcome = try await HookHarness("backup.replace('flush', function(run) run:decline('no') end)").run()
        #expect(outcome.ending == .failed)
        let message = outcome.failure?.message ?? ""
        #expect(message.contains("a verdict was made and not returned: write \"return run:decline(…)\""))
    }

    @Test func `an error shows the code around it`() async throws {
        let outcome = try await HookHarness("backup.before('flush', function(run)\n  error('boom')\nend)").run()
        #expect(outcome.failure?.message == "10-test.lua:2: boom")
        #expect(outcome.failure?.advice?.contains("> 2 |   error('boom')") == true)
    }

    @Test func `on_error = warn lets the run go on`() async throws {
        let harness = HookHarness("backup.before('flush', { on_error = 'warn' }, function(run) error('boom') end)")
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.warnings.contains { $0.contains("boom") })
    }

    @Test func `an after hook fails the run where it asks for that`() async throws {
        let harness = HookHarness("backup.after('archive', { on_error = 'fail' }, function() error('boom') end)")
        let outcome = try await harness.run()
        #expect(outcome.ending == .failed)
        #expect(!harness.steps.contains("publish"))
        #expect(harness.releases.contains("snapshot"))
    }

    // MARK: Values

    @Test func `fields are there from their step on, and exact`() async throws {
        let harness = HookHarness(
            """
            backup.after('locate', function(run)
              log.info('volume', { size = run.volume.size, replica = run.server.is_replica, run = run.id })
              run.vars.seen = { size = run.volume.size }
            end)
            backup.on('finished', function(run, event)
              log.info('end', { ending = event.outcome.ending, seen = run.vars.seen.size })
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains("test: volume replica=true run=\(HookHarness.runID) size=9007199254740993"))
        #expect(harness.log.contains("test: end ending=succeeded seen=9007199254740993"))
    }

    @Test func `filters change what passes, one after the other`() async throws {
        let harness = HookHarness(
            """
            backup.filter('archive.exclude', function(run, list) list[#list + 1] = '*.pid' return list end)
            backup.filter('archive.exclude', function(run) return run:unchanged() end)
            backup.filter('archive.exclude', function(run, list) return { list[2], list[1] } end)
            backup.filter('archive.name', function(run, name) return name .. '-x' end)
            """
        )
        #expect(try await harness.filtered(.archiveExclude, ["a"]) == ["*.pid", "a"])
        #expect(try await harness.filtered(.archiveName, "daily") == "daily-x")
    }

    @Test(arguments: [
        ("", "returned nothing: return the value, or run:unchanged()"),
        ("list[1] = 'b'", "changed its list and did not return it: return the list"),
        ("list[#list + 1] = 'b'; return run:unchanged()", "changed its list and did not return it"),
        ("table.remove(list)", "changed its list and did not return it"),
        ("run:unchanged()", "a verdict was made and not returned: write \"return run:unchanged(…)\""),
        ("return run:veto('no')", "run:veto is not for filter; it takes run:unchanged"),
        ("return 5", "the returned value has to be a list, not 5"),
    ])
    func `a filter that does not return its value is an error`(body: String, message: String) async throws {
        let harness = HookHarness("backup.filter('archive.exclude', function(run, list) \(body) end)")
        await #expect {
            _ = try await harness.filtered(.archiveExclude, ["a"])
        } throws: { error in
            Failure(error).message.contains(message)
        }
    }

    @Test(arguments: [
        ("{ plan = 'mine' }", "the result has no release"), ("{}", "the result has no release"),
        ("{ locked = true }", "the result has no release"),
        ("{ locked = false, release = { sql = 'x' } }", "a release and locked = false"),
        ("{ plan = 'none', release = { sql = 'x' } }", "result.plan \"none\" is that of a run without a lock"),
    ])
    func `a replaced lock says how it ends, or that nothing is locked`(result: String, message: String) async throws {
        let outcome = try await HookHarness("backup.replace('lock', function() return \(result) end)").run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "")")
    }

    @Test func `a run without a lock says that this is not proven`() async throws {
        for result in ["locked = false", "locked = false, proof = function() end", "locked = false, plan = 'mine'"] {
            let harness = HookHarness(
                """
                backup.replace('lock', function() return { \(result) } end)
                backup.after('lock', function(run, lock) log.info(lock.plan .. ' ' .. lock.reason) end)
                """
            )
            let outcome = try await harness.run()
            #expect(outcome.ending == .succeeded)
            #expect(outcome.warnings.contains { $0.contains("no lock was taken") }, "\(result)")
            let reason = "\(result.contains("mine") ? "mine: " : "")a hook says that no lock is needed"
            #expect(harness.log.contains("test: none \(reason)"), "\(harness.log)")
        }
    }

    @Test func `a stored run is of no use later`() async throws {
        let harness = HookHarness(
            """
            local kept
            backup.before('flush', function(run) kept = run end)
            backup.before('mount', function(run) return kept:veto('late') end)
            """
        )
        let outcome = try await harness.run()
        #expect(outcome.failure?.message.contains("run is used after its hook has ended") == true)
    }
}
