import Lifecycle
import TestSupport
import Testing

@testable import Hooks

/// Calls that Lua takes in silence, and a run does not.
@Suite struct `Calls that a run refuses` {
    private func run(_ body: String) async throws -> Outcome {
        try await HookHarness("backup.before('flush', function(run) \(body) end)").run()
    }

    private func read(_ body: String) -> [String] {
        let text = "backup.before('flush', function(run) \(body) end)"
        return HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).mistakes.map(\.message)
    }

    /// Every function of the API with one argument too many, and each that needs one without.
    private static let counts: [(call: String, name: String, number: Int, isTooMany: Bool)] = {
        let ofRun = API.runFunctions.map { ("run:\($0.name)", $0) } + [("run:veto", VerdictName.veto.row)]
        let others =
            API.fileFunctions.map { ("run.fs.\($0.name)", $0) }
            + LibraryFunction.allCases.filter { $0.path.library != "backup" }.map { ($0.rawValue, $0.row) }
        return (ofRun + others).flatMap { name, row in
            let many = row.most.map { most in
                let arguments = Array(repeating: "'x'", count: most + 1).joined(separator: ", ")
                return (call: "\(name)(\(arguments))", name: name, number: most + 1, isTooMany: true)
            }
            let few = row.least > 0 ? (call: "\(name)()", name: name, number: 0, isTooMany: false) : nil
            return [many, few].compactMap(\.self)
        }
    }()

    @Test(arguments: counts)
    func `a call with another number of arguments is an error, and reading finds it`(
        row: (call: String, name: String, number: Int, isTooMany: Bool)
    ) async throws {
        let message = try await run(row.call).failure?.message ?? ""
        let wanted = "\(row.name)("
        #expect(message.contains(wanted) && message.contains(", not \(row.number)"), "\(row.call): \(message)")
        #expect(read(row.call).contains { $0.contains(wanted) && $0.contains(", not \(row.number)") }, "\(row.call)")
    }

    /// Each is wrong at run time, and for reading.
    private static let slips: [(code: String, message: String)] = [
        ("log:info('x')", "call it with a dot: log.info(…)"), ("json:encode({})", "call it with a dot: json.encode(…)"),
        ("log.warn('x', 5)", "a table of more values after its text"),
        ("log.info('x', run.id)", "a table of more values after its text"),
        ("log.info({})", "takes a text, not a table"),
        ("run.exec { 'true' }", "call it with a colon: run:exec(…)"),
        ("run.veto('x')", "call it with a colon: run:veto(…)"),
        ("run.log('x')", "run has no log: write log.info"), ("run:sleep(5)", "run has no sleep"),
        ("return run:retry('x', '10s')", "run:retry takes a table of options"),
        ("run.fs.read('x')", "run.fs.read needs an absolute path, not \"x\""),
        ("run.fs.stat('')", "run.fs.stat needs an absolute path"),
        ("local x = run:sql('SELECT 1 AS n').n", "write rows[1].n"),
        ("local x = run:sql('SELECT 1 AS answer')[1][1]", "a row has its columns by name"),
        ("local x = run:sql('SELECT 1 AS answer')[1].anser", "unknown column \"anser\", did you mean \"answer\"?"),
        ("run:exec { { 'true' } }", "word 1"),
        (
            "run:admin('FLUSH TABLES WITH READ LOCK')",
            "run:admin(\"FLUSH TABLES WITH READ LOCK\"): its session ends with the hook, and the table lock with it"
        ),
        ("run:admin('SET SESSION sql_log_bin = 0')", "has no effect: it sets its own session"),
    ]

    @Test(arguments: slips)
    func `a slip is an error of the run, and reading finds it`(row: (code: String, message: String)) async throws {
        let message = try await run(row.code).failure?.message ?? ""
        #expect(message.contains(row.message), "\(message)")
        #expect(message.hasPrefix("10-test.lua:1: "))
        #expect(read(row.code).contains { $0.contains(row.message) }, "\(read(row.code))")
    }

    @Test(arguments: [
        "log.info('x', { lag = 5 })", "log.info(run.id, nil)", "run.fs:stat('/')", "json.encode(nil)",
        "for _, row in ipairs(run:sql('SELECT 1 AS answer')) do log.info(row.answer) end",
        "local row = run:sql('SHOW REPLICA STATUS')[1] log.info(row.Source or row.Master or 'none')",
        "local rows = run:sql('SELECT a, b AS c FROM t') log.info((rows[1].a or '') .. (rows[1].c or ''))",
        "run:admin('BEGIN') run:admin('DELETE FROM t') run:admin('COMMIT')",
        "run:admin('SET SESSION sql_log_bin = 0') run:admin('DELETE FROM t')", "run:admin('SET GLOBAL x = 1')",
        "run:admin('LOCK TABLES t WRITE') run:admin('UNLOCK TABLES')",
    ])
    func `a right call is none`(code: String) async throws {
        let outcome = try await run(code)
        #expect(outcome.failure == nil)
        #expect(read(code) == [])
    }

    @Test func `a column of SHOW in another case, or with a letter exchanged, is a mistake`() async throws {
        let message = try await run("return run:veto(run:sql('SHOW REPLICA STATUS')[1].Answer)").failure?.message
        #expect(message?.contains("unknown column \"Answer\", did you mean \"answer\"?") == true, "\(message ?? "")")
    }

    @Test func `a loop over the run goes through its fields`() async throws {
        let harness = HookHarness(
            """
            backup.before('flush', function(run)
              local names = {}
              for name, value in pairs(run) do names[#names + 1] = name .. '=' .. type(value) end
              table.sort(names)
              log.info(table.concat(names, ' '))
              log.info(json.decode(json.encode(run)).server.flavour)
            end)
            backup.on('locked', function(run, event)
              local names = {}
              for name in pairs(event) do names[#names + 1] = name end
              table.sort(names)
              log.info(table.concat(names, ' '))
            end)
            """
        )
        #expect(try await harness.run().ending == .succeeded)
        let lines = harness.log.filter { $0.hasPrefix("test: ") }
        #expect(lines.contains { $0.contains("host=string id=string") && $0.contains("server=table") }, "\(lines)")
        #expect(!lines.contains { $0.contains("mount=") })
        #expect(lines.contains("test: mariadb"))
        #expect(lines.contains { $0.contains("plan reason run seq") }, "\(lines)")
    }

    // MARK: Sessions that end with the hook

    @Test(arguments: [
        (["LOCK TABLES t READ"], "the table lock"), (["lock table t write"], "the table lock"),
        (["FLUSH TABLES t WITH READ LOCK"], "the table lock"), (["FLUSH TABLES t FOR EXPORT"], "the table lock"),
        (["FLUSH /* all */ LOCAL TABLES WITH READ LOCK"], "the table lock"),
        (["LOCK INSTANCE FOR BACKUP"], "the instance lock"),
        (["BACKUP STAGE START", "BACKUP STAGE FLUSH"], "the backup stage"),
        (["BACKUP LOCK d.t"], "the backup lock"), (["SELECT GET_LOCK('x', 1)"], "the named lock"),
        (["BEGIN", "DELETE FROM t"], "the transaction"), (["START TRANSACTION READ ONLY"], "the transaction"),
        (["XA START 'x'"], "the transaction"), (["COMMIT", "BEGIN"], "the transaction"),
        (["SET SESSION x = 1"], "has no effect"), (["SET x = 1", "SET @y = 2"], "has no effect"),
        (["BEGIN NOT ATOMIC SELECT 1; END"], nil), (["START TRANSACTION", "CREATE TABLE t (i INT)"], nil),
        (["BEGIN", "ALTER TABLE t ADD j INT"], nil), (["BEGIN", "STOP REPLICA"], nil),
        (["BEGIN", "CREATE TEMPORARY TABLE t (i INT)"], "the transaction"),
        (["LOCK TABLES t READ", "UNLOCK TABLES"], nil), (["BACKUP STAGE START", "BACKUP STAGE END"], nil),
        (["LOCK INSTANCE FOR BACKUP", "UNLOCK INSTANCE"], nil), (["BACKUP LOCK d.t", "BACKUP UNLOCK"], nil),
        (["DO GET_LOCK('x', 1)", "DO RELEASE_ALL_LOCKS()"], nil), (["BEGIN", "ROLLBACK"], nil),
        (["SET GLOBAL read_only = 1"], nil), (["SET PERSIST x = 1"], nil), (["SET @@global.x = 1"], nil),
        (["SET x = 1", "CREATE TABLE t (i INT)"], nil), (["FLUSH BINARY LOGS"], nil), (["STOP REPLICA"], nil),
    ])
    func `a lock or a setting that ends with its session is told`(statements: [String], part: String?) {
        var hold = SessionHold()
        for statement in statements { hold.note(statement) }
        if let part {
            #expect(hold.complaint?.contains(part) == true, "\(hold.complaint ?? "")")
        } else {
            #expect(hold.complaint == nil)
        }
    }

    @Test(arguments: [
        ("SELECT a FROM t", ["a"]), ("select `t`.`a`, b AS c from t", ["a", "c"]),
        ("SELECT COUNT(*) AS n, f(a, 'x, y') AS `m` FROM t WHERE a = 1", ["n", "m"]), ("SELECT 1 AS a", ["a"]),
        ("SELECT DISTINCT a\nFROM t", ["a"]), ("SELECT COUNT(*) FROM t", ["COUNT(*)"]), ("SELECT * FROM t", nil),
        ("SELECT a FROM t UNION SELECT b FROM u", nil), ("SHOW TABLES", nil), ("", nil), ("SELECT ", nil),
        ("SELECT a b FROM t", nil), ("SELECT (SELECT x FROM y) AS z FROM t", ["z"]),
    ])
    func `the columns of a query are those that its text names`(text: String, names: [String]?) {
        #expect(SelectedColumns.names(in: text) == names)
    }

    // MARK: Quantities

    @Test(arguments: [
        ("5 min", "5m"), ("5minutes", "5m"), ("10 s", "10s"), ("1 hour", "1h"), ("2 days", "2d"), ("100msec", "100ms"),
        ("10GB", "10GiB"), ("10 GiB", "10GiB"), ("512kb", "512KiB"), ("1.5 hours", "1.5h"),
        ("5m", nil), ("10GiB", nil), ("20G", nil), ("x", nil), ("5", nil), ("5 apples", nil), ("", nil),
        ("every 5 min", nil),
    ])
    func `a time or a size that is spelled in another way has a right spelling`(text: String, right: String?) async {
        #expect(Quantity.misspelt(text) == right)
        guard let right else { return }
        // A program may take it as it is.
        let code = "local x = backup.option('x', '\(text)')"
        #expect(await HookHarness(code).complaint() == "nothing")
        let file = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: code)
        #expect(file.mistakes == [])
        #expect(
            file.doubts.first?.message.contains("neither time nor size: write \"\(right)\"") == true,
            "\(file.doubts)"
        )
    }

    // MARK: Memory

    @Test func `code that needs too much memory is named with its line`() async throws {
        let harness = HookHarness(
            """
            local function more(list)
              for i = 1, 1 << 30 do list[i] = ('x'):rep(1000) .. i end
            end
            backup.before('flush', function()
              more({})
            end)
            """
        )
        let failure = try await harness.run().failure
        #expect(
            failure?.message.hasPrefix("10-test.lua:2: it needs more than 64 MiB") == true,
            "\(failure?.message ?? "")"
        )
        let atLoad = "local list = {}\nfor i = 1, 1 << 30 do\n  list[i] = ('x'):rep(1000) .. i\nend"
        let complaint = await HookHarness(atLoad).complaint()
        #expect(complaint.hasPrefix("10-test.lua:3: it needs more than 64 MiB"), "\(complaint)")
    }

    /// While Lua moves its stack, nothing may look at it.
    @Test(arguments: [
        "local function f(n) return 1 + f(n + 1) end f(1)", "local t = {} table.unpack(t, 1, 900000)",
        "local function f(...) return f(1, ...) end f()",
        "local c c = function() return coroutine.wrap(function() c() end)() end c()",
        "local function f(n) return pcall(f, n + 1) end for _ = 1, 100 do f(1) end",
    ])
    func `a stack that grows at the limit of memory is an error`(code: String) async throws {
        for size in [1, 55, 60] {
            let text = "local full = ('x'):rep(\(size) << 20) \(code)"
            let options = "{ timeout = '5s' }"
            let outcome = try await HookHarness("backup.before('flush', \(options), function() \(text) end)").run()
            #expect(outcome.ending == .failed || outcome.ending == .succeeded)
        }
    }
}
