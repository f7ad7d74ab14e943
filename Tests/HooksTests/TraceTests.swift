import Lifecycle
import Testing

@testable import Hooks

@Suite struct `A trace` {
    private static let text = """
        backup.before('flush', function(run) end)
        backup.before('mount', function(run) end)
        backup.replace('lock', function(run) return run:decline('not mine') end)
        backup.after('connect', function(run) end)
        backup.on('published', function(run) error('deaf') end)
        """

    private func entries(isDryRun: Bool = false) async throws -> [HookTrace.Entry] {
        var harness = HookHarness(Self.text)
        harness.options.isDryRun = isDryRun
        let trace = HookTrace()
        _ = try await harness.run(trace)
        return trace.entries
    }

    private func line(_ entry: HookTrace.Entry) -> String {
        [entry.step?.rawValue ?? "event", entry.asked.verb, entry.asked.name, entry.asked.place ?? "-", entry.answer]
            .joined(separator: " ")
    }

    @Test func `names each call, its place and its answer`() async throws {
        let entries = try await entries()
        let lines = entries.map(line)
        #expect(lines.contains("connect after test/after.connect 10-test.lua:4 told"))
        #expect(lines.contains("flush before test/before.flush 10-test.lua:1 proceeds"))
        #expect(lines.contains("lock replace test/replace.lock 10-test.lua:3 declines: not mine"))
        #expect(lines.contains("lock built-in built-in - result"))
        #expect(lines.contains("event on test/on.published 10-test.lua:5 failed: 10-test.lua:5: deaf"))
        #expect(entries.allSatisfy { ($0.seconds ?? -1) >= 0 })
    }

    @Test func `of a dry run shows the skipped hooks`() async throws {
        let left = try await entries(isDryRun: true).filter { $0.seconds == nil }.map(line)
        #expect(
            left == [
                "flush before test/before.flush 10-test.lua:1 skipped by the dry run",
                "lock replace test/replace.lock 10-test.lua:3 skipped by the dry run",
                "mount before test/before.mount 10-test.lua:2 skipped by the dry run",
            ]
        )
    }
}
