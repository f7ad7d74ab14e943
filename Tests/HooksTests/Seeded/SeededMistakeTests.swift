import Foundation
import Lifecycle
import Testing

@testable import Hooks

/// `hook check` on files with mistakes, and on files without.
@Suite struct `Reading hook files for mistakes` {
    private func mistakes(_ text: String) -> [String] {
        HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).mistakes.map(\.message)
    }

    /// What `hook check` says: it loads the file as a run does, and reads it.
    private func found(_ text: String) async -> [String] {
        let complaint = await HookHarness(text).complaint()
        let doubts = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).doubts.map(\.message)
        return mistakes(text) + doubts + (complaint == "nothing" ? [] : [complaint])
    }

    @Test(arguments: SeededMistake.all.filter { $0.reason == nil })
    func `a seeded mistake is told before a run`(mistake: SeededMistake) async {
        let found = await found(mistake.text)
        #expect(found.contains { $0.contains(mistake.message) }, "\(found)")
    }

    @Test(arguments: SeededMistake.all.filter { $0.reason != nil })
    func `a mistake that reading cannot find is told by the run`(mistake: SeededMistake) async throws {
        #expect(await found(mistake.text) == [])
        let message = try await HookHarness(mistake.text).run().failure?.message ?? ""
        #expect(message.contains(mistake.message), "\(message)")
    }

    @Test func `nine in ten of the seeded mistakes are told before a run`() async {
        var count = 0
        for mistake in SeededMistake.all where await !found(mistake.text).isEmpty { count += 1 }
        #expect(SeededMistake.all.count >= 100)
        #expect(count * 10 >= SeededMistake.all.count * 9, "\(count) of \(SeededMistake.all.count)")
    }

    @Test(arguments: [
        "backup.before('mount', function(run) local ok = pcall(function() return run.archive end) return ok and nil end)",
        "backup.on('finished', function(run) return run.archive and run.archive.location end)",
        "backup.after('publish', function(run, set) return set.directory and nil end)",
        "backup.before('lock', function(run) run:undo('x', function(later) later:http { url = 'http://x/' } end) end)",
        "backup.filter('archive.name', function(run, n) if run.dry_run then return n else return run:unchanged() end end)",
        "backup.filter('archive.name', function() error('never') end)",
        "backup.before('lock', function(run) local t = {} t.x = run.id run.vars.t = t run.vars.t.y = 1 end)",
        "local x <const> = 1 goto done ::done:: backup.before('lock', function(run, ...) return select('#', x, ...) > 9 and nil end)",
        "backup.before('flush', function(run) for i = 1, 3 do if i == 2 then return run:defer('x') end end end)",
        "local s = [==[ run.nothing ]==] -- [[ run.nothing ]]\nlog.info(s .. \"a\\\"b\" .. 'c\\\\' .. 0x1p-2 .. 1e+5)",
        "local function shown(v) if v == true then return 'yes' end return v and tostring(v) or 'no' end backup.on('unlocked', function(run, event) log.info(shown(event.held_seconds) .. shown('x')) end)",
        "local is_first = true backup.before('flush', function() if is_first == 1 then is_first = 1 end end)",
        "local text backup.on('finished', function(run, event) for _, w in ipairs(event.outcome.warnings) do text = (text and text .. ', ' or '') .. w end log.info(text or '') end)",
        "backup.on('finished', function(run, event) local is_good = event.outcome.ending == 'succeeded' if is_good then log.info(run.archive.location) end end)",
        "backup.on('finished', function(run, event) local f = event.outcome.failure if f then log.info(f.message .. (f.advice or '')) end end)",
        "backup.before('flush', function(run) if tonumber(os.date('%H')) < 6 and os.date('*t').min > 5 then return run:defer('x') end end)",
        "backup.before('flush', function(run) local major, minor = run.server.version:match('^(%d+)%.(%d+)') if tonumber(major) < 10 then return run:veto('old ' .. minor) end end)",
        "backup.before('flush', function(run) for name, value in pairs(run.server) do log.info(name .. '=' .. tostring(value)) end end)",
        "backup.before('flush', function(run) local rows = run:sql('SELECT a FROM t') if #rows == 0 or rows[1].a == nil then return run:veto('x') end end)",
        "backup.before('flush', function(run) local stat = run.fs.stat('/x') if not stat or stat.mode == '644' then return end end)",
        "backup.before('flush', function(run) if run.host:find('[a', 1, true) then return run:veto('x') end end)",
        "local kept backup.before('flush', function(run) kept = run log.info(kept.id) end) backup.before('mount', function(run) kept = run log.info(kept.id) end)",
        "backup.before('flush', function(run) local h = os.date('*t').hour if h < 6 or h > 22 then return run:defer('x') end end)",
        "backup.before('flush', function(run) for i = #run.warnings, 1, -1 do log.info(run.warnings[i]) end setmetatable({}, nil) end)",
        "backup.before('flush', function(run) if run.host:find('db%-prod') or run.host:find('db-prod', 1, true) then return run:veto('x') end end)",
        "local function check(run) if run.dry_run then return run:veto('x') end end backup.before('flush', function(run) return check(run) end)",
        "local function check(run) if run.dry_run then return run:veto('x') end end backup.before('flush', function(run) local verdict = check(run) if verdict then return verdict end end)",
        "backup.before('flush', function(run) local sorted = function(a, b) return a.x < b.x end table.sort({}, sorted) end)",
        "backup.filter('archive.exclude', function(run, list) table.insert(list, '*.log') return list end)",
        "backup.filter('retention.plan', function(run, plan) for _, d in ipairs(plan) do d.keep = d.keep or d.created > 5 end return plan end)",
        "backup.before('flush', function(run) local r = run:exec { 'p', ok = { 0, 1 } } if r.status == 1 then return run:veto('x') end end)",
        "backup.on('finished', function(run) run:http { url = 'http://x/', headers = { A = 'Bearer ' .. run:secret('t') } } end)",
        "backup.on('leaked', function(run, event) if event.leak.repair then run:exec { 'mail', event.leak.repair } end end)",
        "backup.on('snapshot_usage', function(run, event) if event.usage > 0.8 then run:warn('x') end end)",
        "backup.before('flush', function(run) return run.server.is_replica and run:veto('x') or nil end)",
        "backup.before('flush', function(run) local name = run.host == 'a' and 'x' or 'y' local sum = run.started or 0 log.info(name .. sum) end)",
        "backup.before('flush', function(run) run.vars.t = { a = 1 } for i = 1, #run.server.engines do log.info(run.server.engines[i].engine) end end)",
        "backup.replace('snapshot', function(run) local p = run:spawn { 'x' } return { device = '/d', release = p, check = p } end)",
        "backup.on('failed', function(run, event) log.error((event.failure.step or 'no step') .. ' failed') end)",
        "backup.on('finished', function(run, event) run:http { url = 'http://x/', json = event.outcome, headers = { A = 'b' } } end)",
        "backup.on('finished', function(run, event) if #event.outcome.leaked > 0 and event.outcome.warnings[1] then log.info('x') end end)",
        "backup.replace('lock', function(run) run:sql('FLUSH TABLES WITH READ LOCK') return { release = { sql = 'UNLOCK TABLES' } } end)",
    ])
    func `correct code gives no message`(text: String) {
        #expect(mistakes(text) == [])
    }

    @Test(arguments: CorrectCode.files.map(\.name))
    func `a correct file gives neither message nor doubt`(name: String) throws {
        let text = try #require(CorrectCode.files.first { $0.name == name }).text
        let file = HookFile(fileName: name, name: "a", path: name, text: text)
        #expect(file.mistakes + file.doubts == [])
    }

    /// A hook file and a library that it requires.
    private func found(_ text: String, library: String) -> [String] {
        var settings = ScanSettings(rules: .none)
        settings.libraries = [HookFile(fileName: "lib/site.lua", name: "site", path: "lib/site.lua", text: library)]
        let text = "local s = require('site')\n" + text
        let file = HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text)
        return file.mistakes(under: settings).map { "\($0.line): \($0.message)" }
            + file.doubts(under: settings).map(\.message)
    }

    @Test(arguments: [
        (
            "local s = {} function s.tell(run) log.info(run.host) end return s",
            "2: lib/site.lua has no \"tel\", did you mean \"tell\"?"
        ),
        ("return { tell = function(run) log.info(run.host) end }", "2: lib/site.lua has no \"tel\""),
        ("local function tell(run) end return { tell = tell }", "2: lib/site.lua has no \"tel\""),
    ])
    func `a mistyped function of a library is told`(library: String, message: String) {
        let found = found("backup.on('started', function(run) s.tel(run) end)", library: library)
        #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
    }

    @Test func `a library's function is read for the place of its call`() {
        let library = "\nlocal s = {}\nfunction s.tell(run) run:http { url = 'http://x/' } end\nreturn s"
        let refused = "2: lib/site.lua:3: run:http is refused while the lock is held"
        #expect(found("backup.after('lock', function(run) s.tell(run) end)", library: library) == [refused])
        #expect(found("backup.on('started', function(run) s.tell(run) end)", library: library) == [])
        let without = found("backup.on('started', function(run) s.tell() end)", library: library)
        #expect(without.contains { $0.hasPrefix("2: tell(…) gets no run") }, "\(without)")
    }

    @Test(arguments: [
        "local s = {} s.__index = s function s.new() return setmetatable({}, s) end return s",
        "local s = {} for _, n in ipairs { 'tel' } do s[n] = function() end end return s",
        "return setmetatable({}, { __index = function() return function() end end })", "return require('other')",
    ])
    func `a library whose functions are not written out is left alone`(library: String) {
        #expect(found("backup.on('started', function(run) s.tel(run) end)", library: library) == [])
    }

    private static let root = #filePath.components(separatedBy: "/Tests/HooksTests/")[0]

    @Test(arguments: ["hooks", "examples"])
    func `the shipped files give no message`(directory: String) throws {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(Self.root)/\(directory)")
        let hooks = paths.filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }
        #expect(!hooks.isEmpty)
        for path in hooks {
            let text = try String(contentsOfFile: "\(Self.root)/\(directory)/\(path)", encoding: .utf8)
            #expect(mistakes(text) == [], "\(path)")
        }
    }

    @Test(arguments: ["local x = = 1", "((((", "a = \"x\ny\"", "[[", "return return", "\u{1b}Lua", "for", "x:y"])
    func `a text that is no Lua is left to Lua`(text: String) {
        #expect(mistakes(text) == [])
    }

    @Test func `no depth of a text is too much`() {
        #expect(mistakes(String(repeating: "(", count: 100_000)) == [])
        #expect(mistakes(String(repeating: "do ", count: 100_000)) == [])
        for chain in [".a()", ":a()", ".a", "[1]", "''", " or a", " + a", " .. a"] {
            for count in [100, 3000] {
                #expect(mistakes("local a = {} a = a" + String(repeating: chain, count: count)) == [])
            }
        }
        #expect(
            mistakes("local x = " + String(repeating: "-", count: 3) + String(repeating: "not ", count: 100_000)) == []
        )
    }
}
