import ArgumentParser
import Foundation
import LVMBackup
import Testing

@testable import CLI

@Suite struct `The documentation` {
    private static let root = URL(filePath: #filePath + "/../../..").standardized

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test(arguments: Setting.allCases.filter { $0 != .backupDirectory })
    func `names every option`(setting: Setting) throws {
        // "--keep-last" of "--keep-last-week" is not the option.
        let option = try Regex("`--\(setting.rawValue)[` ]")
        #expect(try Self.text("docs/configuration.md").contains(option))
    }

    @Test func `names every option of every command`() throws {
        let pages =
            try FileManager.default.contentsOfDirectory(atPath: Self.root.appending(path: "docs").path)
            .filter { $0.hasSuffix(".md") }.map { try Self.text("docs/\($0)") } + [try Self.text("hooks/README.md")]
        let all = pages.joined(separator: "\n")
        let commands = LVMBackupCommand.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        let each = commands + commands.flatMap { $0.configuration.subcommands }
        let options = each.flatMap { command in
            LVMBackupCommand.helpMessage(for: command).matches(of: /--[a-z][a-z-]+/).map { String($0.output) }
        }
        try #require(options.count > 100)
        // Each command of every program has that one.
        for option in Set(options).subtracting(["--version"]).sorted() {
            #expect(all.contains(try Regex("\(option)(?![a-z-])")), "\(option)")
        }
    }

    @Test func `has a configuration file that can be read`() throws {
        let blocks = try Self.text("docs/configuration.md").components(separatedBy: "```toml\n").dropFirst()
        try #require(!blocks.isEmpty)
        for block in blocks {
            let text = block.components(separatedBy: "```")[0]
            _ = try ConfigurationFile.parse(text, path: "docs/configuration.md").configuration()
        }
    }

    @Test func `has every exit status of a run`() throws {
        let page = try Self.text("docs/configuration.md")
        let failures = Failure.Kind.allCases.map { Outcome.exitStatus(of: Failure($0, "")) }
        for status in Set(failures + [0, 2, 3, 64]) { #expect(page.contains("\n| \(status) | ")) }
    }

    @Test func `begins with a short page`() throws {
        #expect(try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    }

    @Test func `has a row for each error and warning, and no other rows`() throws {
        let process = Process()
        process.executableURL = Self.root.appending(path: "Tests/Lab/check-messages")
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let answer = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(answer)")
    }
}
