import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import CLI

/// `lvmbackup hook check`, as its JSON says it.
struct HookCheckTests {
    private func check(_ text: String, named name: String = "10-a.lua") async throws -> (
        status: Int32, finding: Finding
    ) {
        let scratch = try ScratchDirectory()
        try scratch.write(text, to: name)
        let command = try HookCheck.parse(["--hooks", scratch.path, "--strict"])
        let finding = await command.find()
        return (command.status(of: finding), finding)
    }

    @Test func `hooks are told with their place, verb and time`() async throws {
        let (status, finding) = try await check(
            "\nbackup.before('lock', { desc = 'why', timeout = '2m' }, function() end)"
        )
        #expect(status == 0)
        #expect(
            try jsonLine(finding) == """
                {"hooks":[{"desc":"why","file":"10-a.lua","line":2,"name":"a/before.lock","target":"lock",\
                "timeout":120,"verb":"before"}],"warnings":[]}

                """
        )
    }

    @Test func `a mistake is told with file, line, message and advice`() async throws {
        let (status, finding) = try await check("\nbackup.befor('lock', function() end)")
        #expect(status == 1)
        let error = try #require(finding.error)
        #expect(error.file == "10-a.lua")
        #expect(error.line == 2)
        #expect(error.message == "unknown backup \"befor\", did you mean \"before\"?")
        #expect(error.advice == "repair the file, or leave all hooks out with --no-hooks")
        #expect(finding.text.hasPrefix("10-a.lua:2: unknown backup \"befor\""))
    }

    @Test func `the line of a syntax error is told, too`() async throws {
        let error = try #require(try await check("\nlocal x = = 1").finding.error)
        #expect(error.file == "10-a.lua")
        #expect(error.line == 2)
        #expect(error.message == "unexpected symbol near '='")
    }

    @Test func `a directory that is missing is told by its own name`() async throws {
        let finding = try await HookCheck.parse(["--hooks", "/nothing/here"]).find()
        #expect(finding.error?.message.contains("\"/nothing/here\"") == true, "\(finding.text)")
        #expect(finding.error?.advice == "correct --hooks or \"hooks-directory\"")
    }

    @Test(arguments: ["--no-hooks", "--dry-run"])
    func `an option that would leave the files out is refused`(option: String) {
        #expect(throws: (any Error).self) { try HookCheck.parse([option]) }
    }

    @Test func `one hook in one file is counted as such`() async throws {
        #expect(try await check("backup.after('lock', function() end)").finding.text.hasSuffix("1 hook in 1 file\n"))
    }

    @Test func `a warning counts as an error where that is asked for`() async throws {
        let (status, finding) = try await check("", named: "notes.txt")
        #expect(status == 1)
        #expect(finding.error == nil)
        #expect(finding.warnings.count == 2)
        #expect(finding.warnings.contains { $0.hasPrefix("there are no hooks in ") })
    }
}
