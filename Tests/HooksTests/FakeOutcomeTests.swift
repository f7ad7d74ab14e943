import TestSupport
import Testing

@testable import Hooks

/// The end of a run, as a test sees it.
@Suite struct `The outcome that a test sees` {
    @Test(arguments: [
        ("before('flush'", "error('x')", "before.flush", "failed"),
        ("before('flush', { on_error = 'warn' }", "error('x')", "before.flush", "continued"),
        ("before('flush'", "", "before.flush", "continued"),
        ("before('flush'", "return run:veto('x')", "before.flush", "vetoed"),
        ("before('flush'", "return run:retry('x')", "before.flush", "deferred"),
        ("before('flush'", "return run:skip('x')", "before.flush", "skipped"),
        ("after('recover'", "error('x')", "after.recover", "continued"),
        ("after('recover', { on_error = 'fail' }", "error('x')", "after.recover", "failed"),
        ("after('publish', { on_error = 'fail' }", "error('x')", "after.publish", "continued"),
        ("replace('flush'", "error('x')", "replace.flush", "failed"),
    ])
    func `an error is what it is in a run`(verb: String, code: String, call: String, outcome: String) async throws {
        let hook = "backup.\(verb), function(run) \(code) end)"
        let body =
            "expect.equal(fake.outcome, 'none') pcall(fake.call, '\(call)') expect.equal(fake.outcome, '\(outcome)')"
        try await KitStage().expectPass(body, of: hook)
    }

    @Test func `a listener never fails a run, a filter does`() async throws {
        let hook = """
            backup.on('finished', function() error('x') end)
            backup.filter('archive.name', function() error('x') end)
            """
        let body = """
            pcall(fake.event, 'finished') expect.equal(fake.outcome, 'continued')
            pcall(fake.filter, 'archive.name', 'n') expect.equal(fake.outcome, 'failed')
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: [
        ("{ ending = 'failed', failure = { kind = 'failed', message = 'm', step = 'connect' } }", "nil"),
        ("{ ending = 'failed', failure = { kind = 'failed', message = 'm', step = 'lock' } }", "nil"),
        ("{ ending = 'failed', failure = { kind = 'failed', message = 'm', step = 'archive' } }", "0.25"),
        ("{ ending = 'vetoed' }", "nil"), ("{ ending = 'succeeded' }", "0.25"),
    ])
    func `a run that ends before its lock has no times of it`(outcome: String, seconds: String) async throws {
        let hook =
            "backup.on('finished', function(run, event) run.vars.x = tostring(event.outcome.lock_held_seconds) end)"
        let body = "fake.event('finished', { outcome = \(outcome) }) expect.equal(fake.vars.x, '\(seconds)')"
        try await KitStage().expectPass(body, of: hook)
    }

    @Test func `an on_error without effect is a warning of loading`() async throws {
        let text = "backup.after('publish', { on_error = 'fail' }, function() end)"
        #expect(try await HookHarness(text).load().warnings.count == 1)
        #expect(try await HookHarness(text.replacing("publish", with: "archive")).load().warnings == [])
    }
}
