import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Hooks that share one file, and so one thread.
@Suite struct `Hooks of one file take turns` {
    private static let mount = """
        backup.replace('mount', function(run)
          return { path = '/m', release = { timeout = 10, exec = { 'umount' }, call = function()
            log.info('unmounted')
          end } }
        end)

        """

    /// With a second file, whose hook gives the first one's time to begin.
    private func harness(_ text: String) -> HookHarness {
        var harness = HookHarness(text)
        harness.files.append(
            ("20-pause.lua", "backup.before('archive', function(run) run:exec { 'sleep', '0.3' } end)")
        )
        return harness
    }

    @Test(arguments: ["run:exec { 'sleep', '9' }", "while true do end", "pcall(run.exec, run, { 'sleep', '9' })"])
    func `a release does not wait for a slow hook that hears an event`(body: String) async throws {
        let harness = harness("\(Self.mount)backup.on('mounted', function(run) log.info('heard') \(body) end)")
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        #expect(ContinuousClock.now - start < .seconds(6))
        #expect(outcome.ending == .succeeded, "\(outcome)")
        #expect(harness.log.contains("test: heard"))
        #expect(harness.log.contains("test: unmounted"))
        #expect(harness.recorder.lines("undo ") == [])
        #expect(outcome.warnings.contains { $0.contains("test/on.mounted") && $0.contains("was pre-empted") } == true)
    }

    @Test func `where the slow hook cannot be interrupted the data form releases`() async throws {
        let body = "log.info('heard') ; ('a'):rep(1800):find('.-.-b$')"
        let harness = harness("\(Self.mount)backup.on('mounted', function() \(body) end)")
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        #expect(ContinuousClock.now - start < .seconds(7))
        #expect(outcome.leaked.isEmpty)
        #expect(harness.log.contains("test: heard"))
        #expect(harness.recorder.lines("undo ") == ["umount"])
    }

    @Test func `the snapshot is checked while another hook of the file is slow`() async throws {
        let harness = harness(
            """
            backup.replace('snapshot', function(run)
              return { device = '/d', release = { exec = { 'rm' } }, check = function() log.info('checked') end }
            end)
            backup.on('snapshotted', function(run) run:exec { 'sleep', '9' } end)
            """
        )
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded, "\(outcome)")
        #expect(ContinuousClock.now - start < .seconds(6))
        #expect(harness.log.contains("test: checked"))
    }

    @Test func `ending a waiting call leaves the running call alone`() async throws {
        let harness = harness(
            """
            backup.replace('mount', function(run)
              return { path = '/m', release = { timeout = 0.2, exec = { 'umount' }, call = function()
                log.info('too late')
              end } }
            end)
            backup.on('mounted', function(run) run:exec { 'sleep', '1' } log.info('heard to the end') end)
            """
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded, "\(outcome)")
        #expect(harness.recorder.lines("undo ") == ["umount"])
        #expect(harness.log.contains("test: heard to the end"))
        #expect(!harness.log.contains("test: too late"))
    }
}
