import ArgumentParser
import Foundation
import Hooks
import LVMBackup
import TestSupport
import Testing

@testable import CLI

/// `lvmbackup hook test`, from the files to what is printed.
struct HookTestTests {
    /// A hook directory with these files.
    private func directory(_ files: [String: String]) throws -> ScratchDirectory {
        let scratch = try ScratchDirectory()
        for (name, text) in files { try scratch.write(text, to: name) }
        return scratch
    }

    private static let hook = "backup.before('lock', function(run) return run:veto('no') end)"

    @Test func `a hook file without a test beside it is told as such`() throws {
        let scratch = try directory(["50-lag.lua": ""])
        let path = scratch.path
        let error = #expect(throws: Failure.self) { try HookTest.parse(["\(path)/50-lag.lua"]).find() }
        #expect(error?.message == "there are no tests of \"\(path)/50-lag.lua\"")
        #expect(error?.advice == "write \"50-lag_test.lua\" beside it")
    }

    @Test func `cases are told one a line, failures with place and difference`() async throws {
        let test = """
            test('good', function(fake) fake.call('before.lock') end)
            test('bad', function(fake)
              expect.equal(fake.call('before.lock').reason, 'yes')
            end)
            """
        let scratch = try directory([
            "10-a.lua": Self.hook, "10-a_test.lua": test, "20-b.lua": "", "20-b_test.lua": "x =",
        ])
        let path = scratch.path
        let command = try HookTest.parse(["--hooks", path])
        var text = ""
        let report = await command.run(try command.find()) { text += $0.text }
        #expect(
            text == """
                ok    \(path)/10-a_test.lua: good
                FAIL  \(path)/10-a_test.lua: bad
                      \(path)/10-a_test.lua:3:
                        "no", expected "yes"
                FAIL  \(path)/20-b_test.lua: the file can be loaded
                      \(path)/20-b_test.lua:1:
                        unexpected symbol near <eof>

                """
        )
        #expect(report.total(seconds: 0.123) == "3 cases in 2 files, 2 failed, 0.12 s\n")
        #expect(try jsonLine(report).contains("\"failed\":2,\"files\":2"))
    }

    @Test func `only some cases are run where that is asked for`() async throws {
        let test = "test('one', function() end) test('two', function() error('not this') end)"
        let scratch = try directory(["10-a.lua": Self.hook, "10-a_test.lua": test])
        let path = scratch.path
        let command = try HookTest.parse(["\(path)/10-a.lua", "--only", "on"])
        let report = await command.run(try command.find()) { _ in }
        #expect(report.cases.map(\.name) == ["one"])
        #expect(report.failed == 0)
    }

    @Test func `no tests at all are an error`() throws {
        let scratch = try directory(["10-a.lua": Self.hook])
        let path = scratch.path
        let error = #expect(throws: Failure.self) { try HookTest.parse(["--hooks", path]).find() }
        #expect(error?.message == "there are no tests in \"\(path)\"")
        let named = #expect(throws: Failure.self) { try HookTest.parse(["\(path)/10-a.lua"]).find() }
        #expect(named?.message == "there are no tests of \"\(path)/10-a.lua\"")
        #expect(named?.advice == "write \"10-a_test.lua\" beside it")
    }
}
