import ArgumentParser
import Foundation
import Testing

@testable import CLI

/// Each command line of the documents, the units and the program's own advice, read by the command's own parser.
@Suite struct `The documented command lines` {
    @Test(arguments: ["list --no-such-option", "verify --level", "hook chekc", "-P x /backups"])
    func `are refused where an option is wrong`(line: String) {
        #expect(CommandLines.complaint(about: ShellWords(line).words) != nil)
    }

    @Test(arguments: [
        ("lvmbackup restore - --to 'a b' < FILE", ["lvmbackup", "restore", "-", "--to", "a b"]),
        ("sudo lvmbackup /b | cat -n", ["sudo", "lvmbackup", "/b"]),
        ("lvmbackup hook check && x # comment", ["lvmbackup", "hook", "check"]),
        ("lvmbackup cleanup [--dry-run] …", ["lvmbackup", "cleanup", "--dry-run"]),
        ("lvmbackup \"a  b\"; y", ["lvmbackup", "a  b"]),
    ])
    func `are divided as a shell does it`(line: String, words: [String]) {
        #expect(ShellWords(line).words == words)
    }

    @Test func `have the options that the command has`() throws {
        let lines = try CommandLines.all()
        #expect(lines.count > 80, "\(lines.count)")
        for line in lines {
            let complaint = CommandLines.complaint(about: line.words)
            #expect(complaint == nil, "\(line.place): \(line.text): \(complaint ?? "")")
        }
    }
}

/// A command line with its place.
private struct DocumentedCommand {
    let place: String
    let text: String
    /// The words after the command's name.
    let words: [String]
}

private enum CommandLines {
    private static let root = URL(filePath: #filePath + "/../../..").standardized

    static func all() throws -> [DocumentedCommand] {
        let block = try Regex("^ *(?:sudo )?(lvmbackup(?: .*)?)$")
        let span = try Regex("`(?:sudo )?(lvmbackup [^`]+)`")
        let unit = try Regex("^Exec[A-Za-z]*=-?@SBIN@/(lvmbackup .*)$")
        let advice = try Regex(#"\\"(lvmbackup [a-z-][^"\\]*)\\""#)
        var found: [DocumentedCommand] = []
        for page in try ["", "docs", "hooks", "examples"].flatMap({ try files($0, "md") }) {
            found += try commands(in: page, [block], blocksAlone: true) + commands(in: page, [span])
        }
        found += try files("packaging/systemd", "service").flatMap { try commands(in: $0, [unit]) }
        found += try files("Sources", "swift").flatMap { try commands(in: $0, [advice]) }
        return found
    }

    /// Nil where the parser takes the words.
    static func complaint(about words: [String]) -> String? {
        do {
            try Misspelling.check(words)
            // The name of a command in a sentence, without its arguments.
            if !words.isEmpty, words.allSatisfy({ $0.allSatisfy(\.isLowercase) }) { return nil }
            _ = try LVMBackupCommand.parseAsRoot(words)
            return nil
        } catch {
            return LVMBackupCommand.exitCode(for: error) == .success ? nil : LVMBackupCommand.message(for: error)
        }
    }

    private static func files(_ directory: String, _ ending: String) throws -> [String] {
        let place = root.appending(path: directory)
        if directory.isEmpty {
            return try FileManager.default.contentsOfDirectory(atPath: place.path).filter { $0.hasSuffix("." + ending) }
        }
        let names = try #require(FileManager.default.enumerator(atPath: place.path))
        return names.compactMap { $0 as? String }.filter { $0.hasSuffix("." + ending) }.map { "\(directory)/\($0)" }
    }

    private static func commands(
        in path: String,
        _ patterns: [Regex<AnyRegexOutput>],
        blocksAlone: Bool = false
    ) throws -> [DocumentedCommand] {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        var found: [DocumentedCommand] = []
        var isFenced = false
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") { isFenced.toggle() }
            guard !blocksAlone || isFenced || line.hasPrefix("    ") else { continue }
            for command in patterns.flatMap({ line.matches(of: $0) }).compactMap({ $0.output[1].substring }) {
                let words = Array(ShellWords(String(command)).words.dropFirst())
                found.append(DocumentedCommand(place: "\(path):\(number + 1)", text: String(command), words: words))
            }
        }
        return found
    }
}

/// The words of a command line up to a pipe, a redirection, the next command or a comment.
private struct ShellWords {
    private(set) var words: [String] = []

    init(_ line: String) {
        var word: String?
        var quote: Character?
        scan: for character in line + " " {
            switch (character, quote) {
            case (_, let open?) where character != open: word = (word ?? "") + String(character)
            case (_, _?): quote = nil
            case ("'", nil), ("\"", nil): (quote, word) = (character, word ?? "")
            case ("|", nil), ("<", nil), (">", nil), ("&", nil), (";", nil): break scan
            case ("#", nil) where word == nil: break scan
            // Of the notation for what can be left out.
            case ("[", nil), ("]", nil), ("…", nil): break
            case (" ", nil):
                if let word { words.append(word) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
    }
}
