import Foundation
import Testing

@testable import Hooks

/// `hook check` on files with mistakes, and on files without.
@Suite struct `Reading hook files for mistakes` {
    private func mistakes(_ text: String) -> [String] {
        HookFile(fileName: "10-a.lua", name: "a", path: "10-a.lua", text: text).mistakes.map(\.message)
    }

    @Test(arguments: SeededMistake.all)
    func `a seeded mistake is told as far as reading tells it`(mistake: SeededMistake) {
        let found = mistakes(mistake.text)
        if let message = mistake.message {
            #expect(found.contains { $0.contains(message) }, "\(found)")
        } else {
            #expect(found == [])
        }
    }

    @Test func `of the seeded mistakes most are found before a run`() {
        #expect(SeededMistake.all.count >= 30)
        let found = SeededMistake.all.filter { !mistakes($0.text).isEmpty }
        #expect(found.count * 30 >= SeededMistake.all.count * 25)
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
        "backup.replace('lock', function(run) run:sql('FLUSH TABLES WITH READ LOCK') return { release = { sql = 'UNLOCK TABLES' } } end)",
    ])
    func `correct code gives no message`(text: String) {
        #expect(mistakes(text) == [])
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
        #expect(
            mistakes("local x = " + String(repeating: "-", count: 3) + String(repeating: "not ", count: 100_000)) == []
        )
    }
}
