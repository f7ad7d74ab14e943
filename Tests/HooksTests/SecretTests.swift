import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Secrets go where they are meant for, and into no message.
@Suite struct `The secrets of hooks` {
    /// The stage's secrets are "very-" and their names.
    private static let address = "https://pager.example.org/T0/very-pager"

    private func harness(_ body: String, isDryRun: Bool = false) -> HookHarness {
        var harness = HookHarness(
            "backup.before('connect', function(run) local s = run:secret('door') \(body) end)"
        )
        harness.options.isDryRun = isDryRun
        harness.services.secret = { name in Array((name == "url" ? Self.address : "very-\(name)").utf8) }
        return harness
    }

    @Test(arguments: [
        "run:exec { 'curl', '-H', 'Bearer: ' .. s }", "run:exec { 'p', env = { A = s } }",
        "run:exec { 'p', stdin = 'user ' .. s }", "run:pipe { { 'p', s }, { 'q', s .. '/x' } }",
        "run:http { url = run:secret('url') }", "run:http { url = 'https://x.example.org/' .. s .. '?a=1' }",
        "run:spawn { 'p', s }", "run:undo('x ' .. tostring(s), { exec = { 'p' } }) run:exec { s }",
    ])
    func `a dry run has the names of secrets in place of their values`(body: String) async throws {
        let harness = harness(body, isDryRun: true)
        let outcome = try await harness.run()
        #expect(outcome.ending == .succeeded)
        #expect(harness.log.contains { $0.hasPrefix("would ") }, "\(harness.log)")
        #expect(!"\(harness.log)\(outcome)".contains("very-"), "\(harness.log)")
    }

    @Test(arguments: [
        "run:exec { 'sh', '-c', 'echo no $0 >&2; exit 3', s }", "run:exec { s }",
        "log.info(run:exec({ 'echo', s }).stdout) error('x', 0)",
        "run:warn(run:exec({ 'cat', stdin = s }).stdout) error('x', 0)",
        "error('the answer was ' .. run:exec({ 'echo', s }).stdout, 0)",
        "return run:veto(run:exec({ 'echo', s }).stdout)", "run:pipe { { 'sh', '-c', 'echo $0 >&2; exit 1', s } }",
        "run:http { url = 'ftp://' .. s }", "run:http { url = 'http://127.0.0.1:1/' .. s, timeout = 1 }",
        "run.fs.read('/nowhere/' .. run:exec({ 'printenv', 'S', env = { S = s } }).stdout)",
        "return run:veto('the key is ' .. s)", "run:warn('the key is ' .. s) error('x', 0)",
    ])
    func `no message tells a secret`(body: String) async throws {
        let harness = harness(body)
        let outcome = try await harness.run()
        #expect(outcome.failure != nil)
        let told = "\(outcome)\(harness.log)\(outcome.warnings)"
        #expect(!told.contains("very-"), "\(told)")
        #expect(told.contains("[secret door]"), "\(told)")
    }

    @Test func `a secret address is called by the secret's name`() async throws {
        let hook =
            "backup.on('finished', function(run) run:http { method = 'POST', url = run:secret('pager'), json = {} } end)"
        let body = """
            fake.secret('pager', 'https://pager.example.org/T0/hidden') fake.http(nil, 503)
            expect.raises('status 503', fake.event, 'finished')
            expect.matches(fake.warnings[1], 'POST "[secret pager]": the server answered with status 503')
            expect.equal(fake.warnings[1]:find('hidden'), nil)
            expect.equal(fake.calls.http[1].url, 'https://pager.example.org/T0/hidden')
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: [
        ("run:exec { 'p', s, 'Bearer ' .. s .. '!' }", "calls.exec[1].words", "{ 'p', 'very', 'Bearer very!' }"),
        ("run:exec { 'p', env = { A = 'x' .. s } }", "calls.exec[1].env", "{ A = 'xvery' }"),
        ("run:exec { 'p', stdin = s .. '\\n' }", "calls.exec[1].stdin", "'very\\n'"),
        ("run:pipe { { 'p' }, { 'q', s }, stdin = s }", "calls.exec[2].words", "{ 'q', 'very' }"),
        ("run:http { url = 'http://x/' .. s }", "calls.http[1].url", "'http://x/very'"),
        (
            "run:http { url = 'http://x/', headers = { Authorization = 'Bearer ' .. s, N = 5 } }",
            "calls.http[1].headers", "{ Authorization = 'Bearer very', N = '5' }"
        ),
        ("run:http { url = 'http://x/', body = 'a=' .. s }", "calls.http[1].body", "'a=very'"),
        (
            "run:http { url = 'http://x/', json = { a = { s, 'b' }, secret = 'c' } }", "calls.http[1].json",
            "{ a = { 'very', 'b' }, secret = 'c' }"
        ),
        ("run:sql('SELECT ?', 'a' .. s)", "calls.sql[1].statement", "\"SELECT X'6176657279'\""),
    ])
    func `a secret can stand in every place that the reference lists`(
        code: String,
        place: String,
        value: String
    ) async throws {
        let hook = "backup.before('flush', function(run) local s = run:secret('s') \(code) end)"
        let body = """
            fake.secret('s', 'very') fake.exec(nil, {}) fake.http(nil, 200) fake.sql(nil, {})
            fake.call('before.flush') expect.equal(fake.\(place), \(value))
            """
        try await KitStage().expectPass(body, of: hook)
    }

    @Test(arguments: ["'bad ' .. s", "s", "'bad ' .. s .. '!'"])
    func `an error with a secret has its name`(text: String) async throws {
        let message = try await harness("error(\(text))").run().failure?.message ?? ""
        #expect(message.contains("[secret "), "\(message)")
        #expect(!message.contains("very-"), "\(message)")
    }

    @Test(arguments: [
        ("run.vars.x = s", "a secret cannot stand here"),
        ("local x = json.encode { a = s }", "a secret cannot stand here"),
        ("log.info('x', { a = s })", "a secret cannot stand here"),
        ("run:undo('x', { exec = { 'p', s } })", "a secret cannot stand here"),
        ("local x = #s", "a secret has no length"), ("local x = s:sub(1)", "a secret has no field or method \"sub\""),
        ("local x = s .. {}", "a secret cannot be joined to a table"),
        ("local x = s .. nil", "a secret cannot be joined to a nil"),
    ])
    func `elsewhere a secret is refused, with the places where it can stand`(
        code: String,
        message: String
    ) async throws {
        let outcome = try await harness(code).run()
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome.failure?.message ?? "nothing")")
    }
}
