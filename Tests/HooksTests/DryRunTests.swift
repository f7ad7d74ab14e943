import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The effects that a dry run skips.
@Suite struct `In a dry run` {
    private func run(_ text: String) async throws -> (harness: HookHarness, outcome: Outcome) {
        var harness = HookHarness(text)
        harness.options.isDryRun = true
        return (harness, try await harness.run())
    }

    @Test func `no text of an error passes for the end of a hook`() async throws {
        let (_, outcome) = try await run(
            "backup.before('connect', function() error('ended here by the dry run', 0) end)"
        )
        #expect(outcome.ending == .failed)
    }

    @Test func `a hook that catches the end of its effect is at its end all the same`() async throws {
        let (harness, outcome) = try await run(
            """
            backup.before('connect', function(run)
              if not pcall(run.exec, run, { 'true' }) then return run:veto('true is missing') end
            end)
            """
        )
        #expect(outcome.ending == .succeeded)
        #expect(harness.log.contains("would run: true"))
    }

    @Test func `undo and intend say what they would do`() async throws {
        let (harness, _) = try await run(
            """
            backup.before('connect', function(run)
              run:intend { exec = { 'rm', '/tmp/x y' } }
              run:undo('the flag', { sql = 'SET GLOBAL x = 0' })
              run:undo('the file', function() end)
            end)
            """
        )
        #expect(harness.log.contains("would record as to be undone: rm '/tmp/x y'"))
        #expect(harness.log.contains("would undo at the end: the flag: client 'SET GLOBAL x = 0'"))
        #expect(harness.log.contains("would undo at the end: the file: a function of 10-test.lua"))
    }
}
