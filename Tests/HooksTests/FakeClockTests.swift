import TestSupport
import Testing

@testable import Hooks

/// Time-outs of hooks on the clock of a test.
@Suite struct `The time-outs of hooks in tests` {
    @Test(arguments: [
        ("after('publish'", "run:exec { 'p', timeout = '6h' }", "2h", "30"),
        ("after('publish', { timeout = '1h' }", "run:exec { 'p', timeout = '6h' }", "2h", "3600"),
        ("before('flush'", "for _ = 1, 7 do run:exec { 'p' } end", "5s", "30"),
        ("before('flush'", "for _ = 1, 7 do pcall(run.exec, run, { 'p' }) end run:exec { 'p' }", "5s", "30"),
        ("on('finished'", "run:http { url = 'http://x/', timeout = '1m' }", "11s", "10"),
        ("filter('archive.name'", "run:exec { 'p' } return 'x'", "31s", "30"),
        ("replace('flush'", "run:exec { 'p' }", "31s", "30"),
    ])
    func `a hook that takes longer than it may fails, as in a run`(
        verb: String,
        code: String,
        takes: String,
        limit: String
    ) async throws {
        let hook = "backup.\(verb), function(run) \(code) end)"
        let target = verb.split(whereSeparator: { "('".contains($0) }).prefix(2).joined(separator: ".")
        let call =
            switch target.split(separator: ".")[0] {
            case "on": "fake.event, 'finished'"
            case "filter": "fake.filter, 'archive.name', 'n'"
            default: "fake.call, '\(target)'"
            }
        let body = """
            fake.exec(nil, { takes = '\(takes)' }) fake.http(nil, { takes = '\(takes)' })
            expect.raises("it took longer than \(limit) s (the hook's option timeout)", \(call))
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: [
        ("after('publish', { timeout = '3h' }", "run:exec { 'p', timeout = '6h' }", "after.publish"),
        (
            "replace('archive'", "run:exec { 'p', timeout = '6h' } return { location = '/x', bytes = 1, files = 1 }",
            "replace.archive"
        ),
    ])
    func `a hook that may take so long passes`(verb: String, code: String, target: String) async throws {
        let hook = "backup.\(verb), function(run) \(code) end)"
        let body = "fake.exec(nil, { takes = '2h' }) fake.call('\(target)')"
        try await KitStage().expectPass(body, of: hook)
    }

    @Test func `each call has its own time`() async throws {
        let hook = "backup.before('flush', function(run) run:exec { 'p' } end)"
        let body = "fake.exec(nil, { takes = '20s' }) fake.call('before.flush') fake.call('before.flush')"
        try await KitStage().expectPass(body, of: hook)
    }
}
