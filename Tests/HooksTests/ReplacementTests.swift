import Lifecycle
import TestSupport
import Testing

@testable import Hooks

@Suite struct `Steps that a hook replaces` {
    @Test func `lock, snapshot and mount can be replaced, their releases run`() async throws {
        let harness = HookHarness(
            """
            backup.replace('lock', function(run)
              return { coordinates = { gtid = '0-1-5' }, proof = function() end,
                       release = { call = function() log.info('unlocked') end, sql = 'UNLOCK TABLES' } }
            end)
            backup.replace('snapshot', function(run)
              return { device = '/dev/mine', check = function() end, release = { exec = { 'rm', 'snapshot' } } }
            end)
            backup.replace('mount', function(run)
              return { path = '/mine', release = function() error('no') end }
            end)
            backup.after('publish', function(run) log.info(run.coordinates.gtid .. run.mount.path) end)
            """
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(outcome.leaked.map(\.name) == ["mount of \"/mine\""])
        #expect(harness.log.contains("test: unlocked"))
        #expect(harness.recorder.lines("undo ") == ["rm snapshot"])
        #expect(harness.log.contains("test: 0-1-5/mine"))
    }

    @Test(arguments: [("run:sql('UNLOCK TABLES')", 0), ("error('no')", 1)])
    func `a replaced lock is held by the session that it used, proven by it, and ends with it`(
        release: String,
        cuts: Int
    ) async throws {
        let harness = HookHarness(
            """
            backup.replace('lock', function(run)
              run:sql('FLUSH TABLES WITH READ LOCK')
              local row = run:sql('SHOW MASTER STATUS')[1]
              return { coordinates = { binlog = { file = row.File, position = tonumber(row.Position) } },
                       release = function(run) \(release) end }
            end)
            """
        )
        let outcome = try await harness.run()
        let sent = harness.recorder.lines("lock sql ")
        #expect(sent.starts(with: ["FLUSH TABLES WITH READ LOCK", "SHOW MASTER STATUS"]))
        #expect(sent.contains("UNLOCK TABLES") == (cuts == 0))
        #expect(harness.recorder.lines("lock cut").count == 1)
        // A release that failed may mean that the lock was lost.
        #expect(outcome.ending == (cuts == 0 ? .succeeded : .failed))
        #expect(harness.recorder.lines("lock proven").count == (cuts == 0 ? 1 : 0))
        #expect(!outcome.warnings.contains { $0.contains("proof") })
    }

    @Test(arguments: [
        "error('boom')", "return run:decline('no')", "return { coordinates = { gtid = '1' } }", "while true do end",
    ])
    func `a lock of a replaced lock's session ends with a hook that returns no lock`(body: String) async throws {
        let harness = HookHarness(
            "backup.replace('lock', { timeout = 0.1 }, function(run) run:sql('FLUSH TABLES WITH READ LOCK') \(body) end)"
        )
        _ = try await harness.run()
        #expect(harness.recorder.lines("lock cut").count == 1)
    }

    @Test func `a replaced archive need not know its size`() async throws {
        let harness = HookHarness(
            """
            backup.replace('archive', function() return { location = 'restic:1' } end)
            backup.after('archive', function(run, copy)
              log.info(tostring(copy.bytes) .. ' ' .. tostring(copy.files) .. ' ' .. tostring(run.archive.bytes))
            end)
            backup.on('archived', function(run, event) log.info('event ' .. tostring(event.bytes)) end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains("test: nil nil nil"))
        #expect(harness.log.contains("test: event nil"))
    }

    @Test func `a statement that releases is sent on the session that holds the lock`() async throws {
        let harness = HookHarness(
            """
            backup.replace('lock', function(run)
              run:sql('FLUSH TABLES WITH READ LOCK')
              return { release = { sql = 'UNLOCK TABLES' } }
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.recorder.lines("lock sql ") == ["FLUSH TABLES WITH READ LOCK", "UNLOCK TABLES"])
        #expect(harness.recorder.lines("undo ") == [])
    }

    @Test(arguments: ["while true do end", "('a'):rep(30000):find('.-.-.-.-b$')"])
    func `a function that hangs keeps a lock from its data form for a second only`(body: String) async throws {
        let harness = HookHarness(
            """
            backup.replace('lock', function(run)
              return { release = { call = function() \(body) end, sql = 'SET GLOBAL read_only = 0' } }
            end)
            """
        )
        let outcome = try await harness.run()
        #expect(harness.recorder.lines("undo ") == ["client 'SET GLOBAL read_only = 0'"])
        #expect(outcome.leaked == [])
        let held = try #require(outcome.lockHeldSeconds)
        #expect(held < 3)
    }
}
