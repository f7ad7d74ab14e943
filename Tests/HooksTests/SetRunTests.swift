import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Hooks in restores and verifications.
@Suite struct `Hooks of runs on sets` {
    private func harness(_ kind: RunKind, _ text: String) -> HookHarness {
        var harness = HookHarness(text)
        harness.options.kind = kind
        return harness
    }

    @Test func `a restore is vetoed by what is known of the set and the target`() async throws {
        let harness = harness(
            .restore,
            """
            backup.before('restore', function(run)
              return run:veto(run.kind .. ' ' .. run.set.host .. ' ' .. run.set.directory .. ' ' .. run.restore.target
                .. ' ' .. run.restore.members .. ' ' .. run.server.version .. ' ' .. run.coordinates.binlog.file)
            end)
            """
        )
        let outcome = try await harness.run()
        #expect(outcome.exitStatus == 4)
        #expect(outcome.failure?.message == "restore db9 /b/r0 /data 7 10.11 b.1")
        #expect(harness.steps == [])
    }

    @Test func `the numbers of a restore come after it`() async throws {
        let harness = harness(
            .restore,
            "backup.after('restore', function(run, result) log.info(result.files .. ' ' .. result.bytes) end)"
        )
        #expect(try await harness.run().exitStatus == 0)
        #expect(harness.log.contains("test: 7 \(1 << 40)"))
    }

    @Test func `hooks of a backup's steps are not asked`() async throws {
        let steps = RunKind.backup.steps.map { "backup.before('\($0.rawValue)', function(run) error('asked') end)" }
        let outcome = try await harness(.restore, steps.joined(separator: "\n")).run()
        #expect(outcome.exitStatus == 0)
    }

    @Test(arguments: ["mount", "snapshot", "volume", "lock", "archive"])
    func `a field of a backup says that a restore has none`(field: String) async throws {
        let outcome = try await harness(.restore, "backup.before('restore', function(run) return run.\(field) end)")
            .run()
        let message = outcome.failure?.message ?? ""
        #expect(
            message.contains("run.\(field) is not there in a run of the kind \"restore\": see run.kind"),
            "\(message)"
        )
    }

    @Test func `events say which kind of run they are of`() async throws {
        let harness = harness(
            .verify,
            """
            backup.on('started', function(run, event) log.info('started ' .. event.kind) end)
            backup.on('finished', function(run, event) log.info(event.outcome.kind .. ' ' .. run.kind) end)
            """
        )
        _ = try await harness.run()
        // Each of the two has a queue of its own.
        let lines = harness.log.filter { $0.hasPrefix("test: ") }
        #expect(lines.sorted() == ["test: started verify", "test: verify verify"])
    }

    // MARK: Assertions

    @Test func `an assertion without a server ends quietly at its first query`() async throws {
        let harness = harness(
            .verify,
            "backup.after('verify', function(run) pcall(run.sql, run, 'SELECT 1') error('not reached') end)"
        )
        let outcome = try await harness.run()
        #expect(outcome.exitStatus == 0, "\(String(describing: outcome.failure))")
        #expect(harness.log.contains("left the queries of test out: at the level \"none\" no server runs on the set"))
    }

    @Test func `an assertion that fails fails the verification with its message`() async throws {
        let outcome = try await harness(.verify, "backup.after('verify', function(run) error('no orders', 0) end)")
            .run()
        #expect(outcome.exitStatus == 1)
        #expect(outcome.failure?.message == "10-test.lua:1: no orders")
    }

    @Test func `an assertion may warn only`() async throws {
        let text = "backup.after('verify', { on_error = 'warn' }, function(run) error('no orders', 0) end)"
        let outcome = try await harness(.verify, text).run()
        #expect(outcome.exitStatus == 0)
        #expect(outcome.warnings.count == 1)
    }

    @Test func `before the step there is no server to ask`() async throws {
        let outcome = try await harness(.verify, "backup.before('verify', function(run) run:sql('SELECT 1') end)").run()
        #expect(outcome.failure?.message.contains("after the step verify") == true)
    }

    // MARK: Reading files without a run

    @Test(
        arguments: [
            (
                "backup.before('restore', function(run) if run.mount then return end end)",
                "run.mount is not there in a restore"
            ),
            (
                "backup.before('restore', function(run) if run.set.hots then return end end)",
                "unknown field of run.set \"hots\""
            ),
            (
                "backup.before('restore', function(run) if run.restore.point_in_tiem then return end end)",
                "did you mean \"point_in_time\"?"
            ),
            (
                "backup.on('finished', function(run) if run.kind == 'verification' then return end end)",
                "run.kind is never"
            ),
            (
                "backup.after('restore', function(run, result) log.info(result.size) end)",
                "unknown field of the result \"size\""
            ),
            (
                "backup.before('restore', function(run) return run.server and run.set and run.coordinates and nil end)",
                nil
            ),
            ("backup.before('verify', function(run) return run.set and run.verification and nil end)", nil),
            ("backup.after('verify', function(run, result) if result.level == 'start' then return end end)", nil),
        ] as [(String, String?)]
    )
    func `the check knows which fields a run on a set has`(text: String, mistake: String?) {
        let file = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text)
        let found = file.mistakes.map(\.message)
        if let mistake {
            #expect(found.count == 1 && found[0].contains(mistake), "\(found)")
        } else {
            #expect(found == [])
        }
    }
}
