import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// The lock's budget is that of its hooks: writers wait for each of them.
@Suite struct `A hook under the lock` {
    static let delays = [
        "while true do end", "pcall(run.exec, run, { 'sleep', '30' }) while true do end",
        "run:exec { 'sleep', '30' }", "run:exec { 'sleep', '30', on_line = function() end }",
        "run:pipe { { 'sleep', '30' }, { 'cat' } }", "run:spawn { 'sleep', '30', ready = 'never' }",
        "run:sql('SELECT SLEEP(30)')",
        // Some seconds in one call of C, which no interruption ends.
        "('a'):rep(1800):find('.-.-b$')",
    ]

    @Test(arguments: delays)
    func `is ended with the lock's budget, however it takes its time`(body: String) async throws {
        var harness = HookHarness("backup.before('snapshot', function(run) \(body) end)")
        harness.options.maxLock = .milliseconds(300)
        harness.services.grace = .milliseconds(100)
        harness.services.query = { _ in
            try await Task.sleep(for: .seconds(30))
            return []
        }
        let outcome = try await harness.run()
        #expect(outcome.ending == .failed)
        #expect(harness.releases == ["lock", "run lock", "session"])
        let held = try #require(outcome.lockHeldSeconds)
        #expect(held < 3, "\(body)")
    }

    @Test(arguments: [
        ("", "the rest of the lock's time, --max-lock"), ("{ timeout = 0.1 }, ", "the hook's option timeout"),
    ])
    func `that took too long is told with the limit that it met`(options: String, limit: String) async throws {
        var harness = HookHarness("backup.before('snapshot', \(options)function(run) while true do end end)")
        harness.options.maxLock = .milliseconds(300)
        let outcome = try await harness.run()
        let messages = [outcome.failure?.message ?? ""] + outcome.suppressed.map(\.message)
        #expect(messages.contains { $0.contains("s (\(limit))") }, "\(messages)")
    }
}
