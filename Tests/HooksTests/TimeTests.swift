import Lifecycle
import TestSupport
import Testing

@testable import Hooks

@Suite struct `The time of a hook` {
    @Test func `a filter has the time that it asked for`() async throws {
        var harness = HookHarness(
            """
            backup.filter('archive.name', { timeout = 5 }, function(run, name)
              run:exec { 'sleep', '0.6' }
              return name .. '-x'
            end)
            """
        )
        harness.options.hookTimeout = .milliseconds(200)
        #expect(try await harness.filtered(.archiveName, "a") == "a-x")
    }

    @Test func `a subscriber that is busy at its timeout is stopped, and named`() async throws {
        var harness = HookHarness(
            """
            backup.on('finished', { timeout = 30 }, function(run) run:exec { 'sleep', '30' } log.info('done') end)
            """
        )
        harness.options.hearingTimeout = .milliseconds(300)
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(outcome.ending == .succeeded)
        #expect(
            outcome.warnings == [
                "hook \"test/on.finished\": it was still busy 0.3 s after the end of the run, and was stopped"
            ]
        )
        #expect(!harness.log.contains("test: done"))
    }

    /// In tenths of what it says in real runs, where the least is 10 s.
    @Test func `a subscriber with a longer timeout receives all events of the end`() async throws {
        var harness = HookHarness(
            """
            backup.on('finished', { timeout = 20 }, function(run) run:exec { 'sleep', '1.1' } log.info('done') end)
            """
        )
        harness.options.hearingTimeout = try await harness.load().hearingTimeout(within: .seconds(1)...(.seconds(30)))
        let outcome = try await harness.run()
        #expect(outcome.warnings == [])
        #expect(harness.log.contains("test: done"))
    }

    @Test(arguments: [
        ("on('finished', { timeout = '15s' }", 15), ("on('failed', { timeout = '90s' }", 90),
        ("on('vetoed', { timeout = '20s' }", 20), ("on('deferred', { timeout = '30s' }", 30),
        ("on('succeeded', { timeout = '40s' }", 40), ("on('finished', { timeout = '2s' }", 10),
        ("on('finished', {}", 10), ("on('finished', { timeout = '1h' }", 300),
        ("on('archived', { timeout = '1m' }", 10), ("before('lock', { timeout = '1m' }", 10),
    ])
    func `the end waits for a subscriber's timeout, from 10 s to 5 min`(
        registration: String,
        seconds: Int
    ) async throws {
        let hooks = try await HookHarness("backup.\(registration), function() end)").load()
        #expect(hooks.hearingTimeout == .seconds(seconds))
    }

    @Test func `of several subscribers to the end the longest timeout counts`() async throws {
        let hooks = try await HookHarness(
            """
            backup.on('failed', { timeout = 70 }, function() end)
            backup.on('finished', { timeout = 20 }, function() end)
            """
        ).load()
        #expect(hooks.hearingTimeout == .seconds(70))
    }
}
