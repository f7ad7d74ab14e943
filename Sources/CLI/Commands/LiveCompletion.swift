import ArgumentParser
import Glibc
import LVMBackup

/// Words that a shell completes from this host's sets and hook files.
///
/// A shell cannot show an error: where the configuration or a directory cannot be read, there are no words.
enum LiveCompletion {
    /// `latest`, and the names of the sets in the directory that the words or the configuration name.
    static let sets = CompletionKind.custom { words, _, _ in
        let choice = DestinationChoice(argument: value(of: ["--from"], words), config: value(of: configNames, words))
        // A completion has no place for an error: without a directory only this word is left.
        guard let directory = try? choice.directory() else { return ["latest"] }
        return ["latest"] + members(of: directory).filter { access("\(directory)/\($0)/manifest.json", F_OK) == 0 }
    }

    /// The hook files' names in the configuration, each with the dot in front of its options.
    static let hookOptions = CompletionKind.custom { words, _, _ in
        let named = value(of: ["--hooks", "--hooks-directory"], words) ?? configuredHooks(words)
        return members(of: named ?? HookLoading.directory)
            .filter { $0.hasSuffix(".lua") && !$0.hasSuffix("_test.lua") }
            .map { $0.drop { $0.isNumber }.drop { $0 == "-" }.dropLast(".lua".count) + "." }
    }

    private static let mostNames = 1000
    /// Names that are looked at: a person who presses TAB waits for them.
    private static let mostEntries = 100_000

    private static func isHarmless(_ name: String) -> Bool {
        !name.hasPrefix(".") && name.utf8.allSatisfy { $0 != 0 && harmless.contains($0) }
    }

    private static let harmless = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+".utf8)
    private static let configNames = ["-c", "--config"]

    private static func configuredHooks(_ words: [String]) -> String? {
        // See above: without a configuration the usual directory counts.
        try? DestinationChoice(config: value(of: configNames, words)).settings().configuration().hooksDirectory
    }

    /// The value of an option among the words typed so far.
    private static func value(of names: [String], _ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if names.contains(word), index + 1 < words.count { return words[index + 1] }
            for name in names where word.hasPrefix(name + "=") { return String(word.dropFirst(name.count + 1)) }
        }
        return nil
    }

    /// The visible names in a directory, sorted.
    ///
    /// The directory may be another user's, and bash expands the words that it gets: a name such as `$(reboot)` would be
    /// run by root's shell. Names with other signs than these are left out, and of many names all but the first ones.
    private static func members(of directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        for _ in 0..<mostEntries {
            guard let entry = readdir(stream) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if isHarmless(name) { names.append(name) }
            if names.count == mostNames { break }
        }
        return names.sorted()
    }
}
