import Foundation
import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Programs that live until their release.
@Suite struct `A hook's living program` {
    private static let hold = "run:spawn { 'sh', '-c', 'echo locked; cat; exit 0', ready = '^locked$' }"

    private func lock(_ body: String, after: String = "") -> HookHarness {
        HookHarness(
            """
            backup.replace('lock', function(run)
              \(body)
            end)
            backup.before('snapshot', function(run) \(after) end)
            """
        )
    }

    /// Whether a process of this group is there; those that end are given a moment.
    private func isAlive(_ pid: Int32) async throws -> Bool {
        try await !eventually(within: .seconds(1)) { kill(-pid, 0) != 0 }
    }

    private func pid(_ harness: HookHarness) throws -> Int32 {
        let line = try #require(harness.log.first { $0.hasPrefix("test: pid ") })
        return try #require(Int32(line.dropFirst("test: pid ".count)))
    }

    @Test func `a lock is held by it, proven by it, and ends with it`() async throws {
        let harness = lock(
            "local child = \(Self.hold) log.info('pid ' .. child.pid) run.vars.pid = child.pid return { release = child }",
            after: "run:exec { 'kill', '-0', tostring(run.vars.pid) }"
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded, "\(outcome.failure?.message ?? "")")
        #expect(!outcome.warnings.contains { $0.contains("proof") })
        #expect((outcome.lockHeldSeconds ?? 9) < 2)
        #expect(try await !isAlive(pid(harness)))
    }

    @Test func `a program that ends before its release has lost the lock`() async throws {
        let harness = lock(
            "local child = \(Self.hold) run.vars.pid = child.pid return { release = child }",
            after: "run:exec { 'kill', '-KILL', tostring(run.vars.pid) } run:exec { 'sleep', '0.2' }"
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .failed)
        #expect(outcome.failure?.message.contains("was ended by signal 9") == true, "\(outcome)")
        #expect(outcome.set == nil)
        #expect(harness.releases.contains("snapshot"))
    }

    @Test func `a program that ignores signals does not hold the lock for long`() async throws {
        let harness = lock(
            "return { release = run:spawn { 'sh', '-c', 'trap \"\" TERM; echo up; while :; do sleep 0.05; done', ready = 'up' } }"
        )
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect((outcome.lockHeldSeconds ?? 9) < 1.5)
    }

    @Test(arguments: [
        "error('boom')", "return run:decline('no')", "return { plan = 'x' }",
        "return { release = child, coordinates = { binlog = 1 } }",
        "while true do end", "run:spawn { 'sh', '-c', 'exit 3', ready = 'never' }",
    ])
    func `a program that is no release ends with its hook`(body: String) async throws {
        let harness = HookHarness(
            """
            backup.replace('lock', { timeout = 0.5 }, function(run)
              local child = \(Self.hold)
              log.info('pid ' .. child.pid)
              \(body)
            end)
            """
        )
        _ = try await harness.run()
        #expect(try await !isAlive(pid(harness)))
    }

    @Test func `an undo keeps it to the end`() async throws {
        let harness = HookHarness(
            """
            backup.before('mount', function(run)
              local child = \(Self.hold)
              log.info('pid ' .. child.pid)
              run.vars.pid = child.pid
              run:undo('tunnel', child)
            end)
            backup.before('archive', function(run) run:exec { 'kill', '-0', tostring(run.vars.pid) } end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        #expect(try await !isAlive(pid(harness)))
    }

    @Test func `a program that is not ready in time ends, and so does its hook`() async throws {
        let harness = HookHarness(
            "backup.before('flush', { timeout = 0.3 }, function(run) run:spawn { 'cat', ready = 'never' } end)"
        )
        let start = ContinuousClock.now
        let outcome = try await harness.run()
        #expect(ContinuousClock.now - start < .seconds(3))
        #expect(outcome.failure?.message.contains("it took longer than 0.3 s") == true)
    }

    @Test func `it carries the run's name, by which a killed run's is found`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              run:spawn { 'sh', '-c', 'echo name=$LVMBACKUP_RUN; cat', ready = '^name=\(HookHarness.runID)$' }
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
    }

    @Test func `a dry run only says it`() async throws {
        var harness = HookHarness("backup.before('connect', function(run) run:spawn { 'cat' } end)")
        harness.options.isDryRun = true
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.log.contains("would start: cat"))
    }
}
