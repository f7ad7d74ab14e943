import Foundation
import LVMBackup
import Testing

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

    /// Names, numbers and quotations are left out: the sources have variables in their place.
    @Test func `explains messages that the program has`() throws {
        let page = try Self.text("docs/troubleshooting.md")
        let table = try #require(page.components(separatedBy: "## By message\n").last)
        let row = try Regex("(?m)^\\| `([^`]+)` \\|", as: (Substring, Substring).self)
        let messages = table.matches(of: row).map(\.1)
        try #require(messages.count > 5)
        let sources = try Self.sources()
        for message in messages {
            let pieces = message.split(separator: try Regex("\"[^\"]*\"|[0-9]+|…"))
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.count > 3 }
            #expect(!pieces.isEmpty && pieces.allSatisfy(sources.contains), "\(message)")
        }
    }

    private static func sources() throws -> String {
        let directory = root.appending(path: "Sources")
        let files = try #require(FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
            .map { try String(contentsOf: $0, encoding: .utf8) }.joined()
    }
}
