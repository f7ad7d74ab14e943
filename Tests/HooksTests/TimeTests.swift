import Lifecycle
import Testing

@testable import Hooks

@Suite struct `The time of a hook` {
    @Test func `a filter has the time that it asked for`() async throws {
        var stage = HookStage(
            """
            backup.filter('archive.name', { timeout = 5 }, function(run, name)
              run:exec { 'sleep', '0.6' }
              return name .. '-x'
            end)
            """
        )
        stage.options.hookTimeout = .milliseconds(200)
        #expect(try await stage.filtered(.archiveName, "a") == "a-x")
    }

    @Test func `a hook that still hears of the end when its time is over is stopped, and named`() async throws {
        var stage = HookStage(
            """
            backup.on('finished', { timeout = 30 }, function(run) run:exec { 'sleep', '30' } log.info('done') end)
            """
        )
        stage.options.hearingTimeout = .milliseconds(300)
        let start = ContinuousClock.now
        let outcome = try await stage.run()
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(outcome.ending == .succeeded)
        #expect(
            outcome.warnings == [
                "hook \"test/on.finished\": it was still busy 0.3 s after the end of the run, and was stopped"
            ]
        )
        #expect(!stage.log.contains("test: done"))
    }
}
