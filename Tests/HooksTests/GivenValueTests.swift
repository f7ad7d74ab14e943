import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Values that hooks hand over: none is dropped or bent in silence.
@Suite struct `Values that hooks hand over` {
    @Test(arguments: [
        ("archive.exclude", "{ 'a', 5, 'z' }", "the returned value[2] has to be a string, not 5"),
        ("archive.exclude", "{ 5 }", "the returned value[1] has to be a string, not 5"),
        ("archive.exclude", "{ 'a', { 'b' } }", "the returned value[2] has to be a string, not a list"),
        ("archive.exclude", "'a'", "the returned value has to be a list, not \"a\""),
        ("archive.name", "5", "the returned value has to be a string, not 5"),
        ("snapshot.size", "{ '5G' }", "the returned value has to be a string, not a list"),
        (
            "retention.plan", "{ { set = 's', created = 1, keep = 1, reason = 'r' } }",
            "the returned value[1].keep has to be a boolean"
        ),
        (
            "retention.plan", "{ { set = 's', created = 1, keep = true, reason = 'r', kep = 1 } }",
            "the returned value[1] has no field \"kep\""
        ),
    ])
    func `a filter's value of another kind is an error of the hook`(
        filter: String,
        value: String,
        message: String
    ) async throws {
        let hook = "backup.filter('\(filter)', function() return \(value) end)"
        let given = ["archive.exclude": "{ 'a' }", "retention.plan": "{}"][filter] ?? "'a'"
        let failure = try await KitStage().failure("fake.filter('\(filter)', \(given))", of: hook)
        #expect(failure?.message.contains("10-a.lua:1: \(message)") == true, "\(failure?.message ?? "passed")")
    }

    @Test(arguments: ["../n", "a/b", "", ".x"])
    func `the kit judges a filtered value by the rules of a run`(name: String) async throws {
        let rules = FilterRules(
            snapshotSize: { _ in },
            archiveName: { name in
                if name.isEmpty || name.contains("/") || name.hasPrefix(".") { throw LuaError("it is no name") }
            },
            archiveExclude: { _ in }
        )
        let hook = "backup.filter('archive.name', function() return '\(name)' end)"
        let test = "test('it', function(fake) fake.filter('archive.name', 'n') end)"
        let results = try await KitStage().run(test, of: hook, runner: TestRunner(rules: rules))
        #expect(results[0].failure?.message == "it is no name")
    }

    @Test(arguments: [
        ("run:exec { 'true', env = { 'A=1' } }", "command.env has to be a table with names"),
        ("run:exec { 'true', env = { A = {} } }", "command.env.A has to be a string, not a table"),
        ("run:exec { 'true', ok = { '3' } }", "command.ok[1] has to be a whole number, not \"3\""),
        ("run:exec { 'true', ok = { 0, x = 3 } }", "command.ok has to be a list"),
        (
            "run:exec { 'true', timeout = 'soon' }",
            "command.timeout has to be a time such as 30, \"30s\" or \"5m\", not \"soon\""
        ),
        ("run:http { url = 'http://x/', headers = { 'A: b' } }", "request.headers has to be a table with names"),
        ("run:http { url = 'http://x/', headers = { A = true } }", "request.headers.A has to be a string, not true"),
        ("run:http { url = 'http://x/', body = 'a', json = {} }", "run:http takes either body or json, not both"),
        ("run:undo('x', { exec = { 'kill', {} } })", "release.exec[2] has to be a string, not a table"),
        ("run:exec('ls /')", "run:exec needs a list of words, such as { \"ls\", \"/\" }, not \"ls /\""),
        ("run:pipe { 'ls' }", "a stage of run:pipe needs a list of words, such as { \"ls\", \"/\" }, not \"ls\""),
    ])
    func `an argument of another kind is refused, with its place and its value`(
        code: String,
        message: String
    ) async throws {
        let harness = HookHarness("backup.before('flush', function(run) \(code) end)")
        let outcome = try await harness.run()
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "nothing")")
        let file = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: harness.files[0].text)
        #expect(file.mistakes.map(\.message).contains { $0.contains(message) }, "\(file.mistakes)")
    }

    @Test func `a number is a word of a release, as of a program`() async throws {
        let harness = HookHarness("backup.before('flush', function(run) run:undo('x', { exec = { 'sleep', 0 } }) end)")
        #expect(try await harness.run().ending == .succeeded)
        #expect(harness.recorder.lines("undo ") == ["sleep 0"])
    }
}
