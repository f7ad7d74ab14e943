import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Hooks whose errors are warnings, and options for one run.
@Suite struct `A hook that fails and fails nothing` {
    private func run(_ text: String, strict: Bool) async throws -> Outcome {
        var harness = HookHarness(text)
        harness.options.strictHooks = strict
        return try await harness.run()
    }

    @Test(arguments: [
        ("backup.on('finished', function() error('no') end)", "test/on.finished"),
        ("backup.on('locked', function(run, event) return event.nothing end)", "test/on.locked"),
        ("backup.after('publish', function() error('no') end)", "test/after.publish"),
    ])
    func `it is a warning in the outcome, and with strict hooks the status is 2`(text: String, name: String)
        async throws
    {
        let outcome = try await run(text, strict: false)
        #expect(outcome.exitStatus == 0)
        #expect(outcome.failedHooks == [name])
        #expect(outcome.warnings.contains { $0.hasPrefix("hook \"\(name)\": 10-test.lua:1: ") })
        #expect(try await run(text, strict: true).exitStatus == 2)
    }

    @Test func `with strict hooks a run without a failing one succeeds`() async throws {
        #expect(try await run("backup.on('finished', function() end)", strict: true).exitStatus == 0)
    }

    @Test(arguments: [
        ("backup.option('x', false)", "true", "true"), ("backup.option('x', 5)", "7", "7"),
        ("backup.option('x', '30s')", "2m", "120.0"), ("backup.option('x', 'a')", "7", "7"),
        ("backup.option('x')", "given", "given"), ("table.concat(backup.option('x', { 'a' }), '+')", "b,c", "b+c"),
        ("backup.option('x', 0.5)", "1.5", "1.5"),
    ])
    func `an option for one run has the form of its default`(option: String, given: String, value: String) async throws
    {
        var harness = HookHarness("local x = \(option) backup.before('flush', function() log.info(tostring(x)) end)")
        harness.services.options = ["test": ["x": .text("of the configuration")]]
        harness.services.given = ["test": ["x": given]]
        _ = try await harness.run()
        #expect(harness.log.contains("test: \(value)"), "\(harness.log)")
    }

    @Test(arguments: [
        ("backup.option('x', false)", ["test": ["x": "yes"]], "--set test.x has to be true or false, not \"yes\""),
        ("backup.option('x', 5)", ["test": ["x": "many"]], "--set test.x has to be a whole number, not \"many\""),
        ("backup.option('x', 5)", ["test": ["y": "1"]], "hook \"test\" has no option \"y\""),
        ("backup.option('x', 5)", ["tset": ["x": "1"]], "no hook file has that name"),
    ])
    func `an option that does not fit is refused`(option: String, given: [String: [String: String]], message: String)
        async
    {
        var harness = HookHarness("local x = \(option)")
        harness.services.given = given
        let complaint = await harness.complaint()
        #expect(complaint.contains(message), "\(complaint)")
    }
}
