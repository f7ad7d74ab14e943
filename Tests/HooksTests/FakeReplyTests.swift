import TestSupport
import Testing

@testable import Hooks

/// Every field of a reply, as the table has it, comes to the hook.
@Suite struct `The replies of fakes` {
    private static let hook = """
        backup.before('flush', function(run)
          local what = run.vars.what
          if what == 'exec' then
            local result = run:exec { 'p', timeout = '1h', ok = { 0, 3 } }
            return run:veto(('%d|%s|%s|%g'):format(result.status, result.stdout, result.stderr, result.seconds))
          end
          local result = run:http { url = 'http://x/', check = false }
          return run:veto(('%d|%s|%s'):format(result.status, result.body, result.headers.a or ''))
        end)
        """

    private static let execReplies = [
        "status": ("3", "3|||0"), "stdout": ("'out'", "0|out||0"), "stderr": ("'err'", "0||err|0"),
        "takes": ("'20s'", "0|||20"), "error": ("'gone'", "cannot run p: gone"),
    ]

    private static let httpReplies = [
        "status": ("404", "404||"), "headers": ("{ a = 'b' }", "200||b"), "body": ("'text'", "200|text|"),
        "json": ("{ number = 77 }", "200|{\"number\":77}|"), "takes": ("'5s'", "200||"),
        "error": ("'no route'", "GET \"http://x/\": no route"),
    ]

    @Test(arguments: [("exec", execReplies, API.execReplyFields), ("http", httpReplies, API.httpReplyFields)])
    func `each field of a reply is what the hook gets`(
        kind: String,
        replies: [String: (value: String, seen: String)],
        fields: [APIField]
    ) async throws {
        #expect(Set(replies.keys) == Set(fields.map(\.name)))
        for (name, reply) in replies {
            let act =
                name == "error"
                ? "expect.raises([[\(reply.seen)]], fake.call, 'before.flush')"
                : "expect.equal(fake.call('before.flush').reason, [[\(reply.seen)]])"
            let body = "fake.vars.what = '\(kind)' fake.\(kind)(nil, { \(name) = \(reply.value) }) \(act)"
            try await KitStage().expectPass(body, of: Self.hook)
        }
    }
}
