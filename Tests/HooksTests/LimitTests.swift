import Lifecycle
import Testing

@testable import Hooks

/// The acts that a hook is kept from.
@Suite struct `A hook's limits` {
    private func failure(_ text: String) async throws -> String? {
        try await HookHarness(text).run().failure?.message
    }

    @Test(arguments: ["FLUSH TABLES WITH READ LOCK", " lock tables a READ", "SET GLOBAL read_only = 1", "(KILL 3)", ""])
    func `a query outside of flush and lock only reads`(statement: String) async throws {
        let message = try await failure("backup.before('mount', function(run) run:sql('\(statement)') end)")
        #expect(message?.contains("run:sql only reads here") == true, "\(message ?? "")")
    }

    @Test(arguments: ["SELECT 1", " (select 1)", "SHOW REPLICA STATUS", "\\nWITH a AS (SELECT 1) SELECT * FROM a"])
    func `a query that reads is sent`(statement: String) async throws {
        #expect(try await failure("backup.before('mount', function(run) run:sql('\(statement)') end)") == nil)
    }

    @Test(arguments: ["before('mount'", "after('archive'", "after('lock'"])
    func `statements that change the server belong before the lock`(place: String) async throws {
        let harness = HookHarness(
            "backup.\(place), { on_error = 'fail' }, function(run) run:admin('START REPLICA') end)"
        )
        let message = try await harness.run().failure?.message
        #expect(message?.contains("run:admin is") == true, "\(message ?? "")")
    }

    /// Each is small for Lua, or within its memory limit.
    @Test(arguments: [
        "local t = {} for i = 1, (1 << 20) + 1 do t[i] = 1 end run.vars.x = t",
        "local t = {} for i = 1, 30 do t = { t, t } end run.vars.x = t",
        "local t = {} for i = 1, 30 do t = { a = t, b = t } end run.vars.x = t",
        "local t = ('x'):rep(1 << 20) local u = {} for i = 1, 100 do u[i] = t end json.encode(u)",
        "local t = {} for i = 1, 30 do t = { t, t } end json.encode(t)",
        "json.decode('[' .. ('[],'):rep(1 << 21) .. '1]')",
    ])
    func `values that cross one call are limited all together`(body: String) async throws {
        let message = try await failure("backup.before('flush', function(run) \(body) end)")
        #expect(
            message?.contains("they take over 64 MiB") == true || message?.contains("that are read") == true,
            "\(message ?? "")"
        )
    }

    @Test func `values that take little memory cross, however they are nested`() async throws {
        let body =
            "local t = {} for i = 1, 10 do t = { t, t } end run.vars.x = t json.decode('[' .. ('[],'):rep(1000) .. '1]')"
        #expect(try await failure("backup.before('flush', function(run) \(body) end)") == nil)
    }

    @Test func `handed-on values are bounded, in total`() async throws {
        let message = try await failure(
            "backup.before('flush', function(run) for i = 1, 100 do run.vars['k' .. i] = ('x'):rep(1 << 20) end end)"
        )
        #expect(message?.contains("run.vars hold at most 16 MiB") == true, "\(message ?? "")")
    }
}
