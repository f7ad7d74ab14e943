import Lifecycle
import Testing

@testable import Hooks

@Suite struct `The timeline of a run` {
    private let text = """
        backup.before('lock', { desc = 'why' }, function() end)
        backup.after('lock', function() end)
        backup.after('lock', function() end)
        backup.filter('archive.name', function(_, name) return name end)
        backup.on('unlocked', function() end)
        backup.on('finished', function() end)
        """

    @Test func `a step has its hooks, its filters, its provider and its events, in order`() async throws {
        let timeline = Timeline(try await HookHarness(text).load().registrations)
        #expect(
            timeline.lines(of: "lock") == [
                "lock: keeps the data still", "  before   test/before.lock  10-test.lua:1  why", "  does     built-in",
                "  after    test/after.lock  10-test.lua:3", "  after    test/after.lock  10-test.lua:2",
                "  queries  run:sql asks: before the live server, replace the lock's session, after the live server",
            ]
        )
        #expect(timeline.lines(of: "archive")?[1] == "  filter   archive.name  test/filter.archive.name  10-test.lua:4")
        let snapshot = try #require(timeline.lines(of: "snapshot"))
        #expect(snapshot.contains("  on       unlocked  test/on.unlocked  10-test.lua:5"))
        #expect(snapshot.last?.hasPrefix("  refused  run:admin, run:http, run:retry: ") == true)
    }

    @Test func `a filter and an event are explained, too`() async throws {
        let timeline = Timeline(try await HookHarness(text).load().registrations)
        #expect(timeline.lines(of: "archive.name")?.first == "archive.name, a string, is filtered in step archive")
        let event = try #require(timeline.lines(of: "unlocked"))
        #expect(event.first == "unlocked is told in step snapshot: held_seconds")
        #expect(event.count == 2)
        #expect(timeline.lines(of: "lokc") == nil)
    }

    @Test(arguments: [
        ("run:exec", "run:exec(command): runs a program"), ("run.exec", "run:exec(command): "),
        ("exec", "run:exec(command): "),
        ("run:retry", "run:retry(why, options): "), ("run.fs.read", "run.fs.read(path): "),
        ("log.info", "log.info(text, fields): "), ("run.server", "run.server: the database server"),
        ("filter", "backup.filter(target, [options], function(run, value)"),
    ])
    func `a function, a field and a verb are explained`(name: String, start: String) throws {
        let lines = try #require(Timeline([]).lines(of: name))
        #expect(lines.first?.hasPrefix(start) == true, "\(lines)")
    }

    @Test func `each name of the API is explained, with its table`() {
        for name in Explanation.names { #expect(Explanation.lines(of: name)?.isEmpty == false, "\(name)") }
        let exec = Explanation.lines(of: "run:exec") ?? []
        for field in API.execFields { #expect(exec.contains { $0.hasPrefix("  \(field.name)") }) }
        #expect(exec.contains { $0 == "  returns  lvmbackup.exec: status, stdout, stderr, seconds" })
        #expect(Explanation.lines(of: "run:http")?.contains("  refused  while the lock is held") == true)
        #expect(Explanation.lines(of: "run.mount")?.contains("  until    after step archive") == true)
    }

    @Test func `the whole run has every step and every hook`() async throws {
        let timeline = Timeline(try await HookHarness(text).load().registrations)
        for step in StepName.allCases { #expect(timeline.lines.contains { $0.hasPrefix("\(step.rawValue): ") }) }
        for line in 1...6 { #expect(timeline.lines.contains { $0.contains("10-test.lua:\(line)") }) }
    }

    @Test(arguments: Verb.allCases)
    func `a template passes the check, and a real archive survives its time`(verb: Verb) async throws {
        for target in API.targets(verb) {
            let text = HookTemplate(name: "x", verb: verb, target: target).text
            let hooks = try await HookHarness(text).load()
            #expect(hooks.registrations.count == 1)
            let file = HookFile(fileName: "50-x.lua", name: "x", path: "50-x.lua", text: text)
            #expect(file.mistakes == [], "\(text)")
            if verb == .replace, target == "archive" { #expect(hooks.registrations[0].timeout == .seconds(12 * 3600)) }
        }
    }
}
