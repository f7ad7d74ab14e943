import ArgumentParser
import Glibc
import LVMBackup

/// A word in the place of a subcommand that is none.
///
/// The default subcommand takes a directory, so that `lvmbackup bakcup` would mean a backup into "bakcup".
enum Misspelling {
    /// Checks the words in front of all options.
    ///
    /// - Throws: `ValidationError` where a word is nearly a subcommand, or has to be one.
    static func check(_ arguments: [String]) throws {
        var command: any ParsableCommand.Type = LVMBackupCommand.self
        for word in arguments {
            guard !word.hasPrefix("-"), word != "help", !command.configuration.subcommands.isEmpty else { return }
            if let next = command.configuration.subcommands.first(where: { names(of: $0).contains(word) }) {
                command = next
                continue
            }
            guard command == LVMBackupCommand.self else {
                let parent = command.configuration.commandName ?? ""
                throw ValidationError("\"\(parent)\" has no subcommand \"\(word)\"\(advice(word, command))")
            }
            guard let near = misspelt(word) else { return }
            if !ProcessWide.exists(word) { throw neither(word, near) }
            return
        }
    }

    /// Checks a word that stands for the directory of a backup.
    ///
    /// A directory that exists is used, and named.
    ///
    /// - Throws: `ValidationError`
    static func checkDirectory(_ word: String) throws {
        guard let near = misspelt(word) else { return }
        guard ProcessWide.exists(word) else { throw neither(word, near) }
        let line = "\"\(word)\" is taken for a directory; the subcommand is \"\(near)\", and \"./\(word)\" is clear"
        write("lvmbackup: \(line.printable)\n", to: STDERR_FILENO)
    }

    /// The subcommand that the word nearly is; nil for a path, and for other words.
    private static func misspelt(_ word: String) -> String? {
        word.contains("/") ? nil : nearest(to: word, in: LVMBackupCommand.self)
    }

    private static func neither(_ word: String, _ near: String) -> ValidationError {
        ValidationError(
            "\"\(word)\" is neither a subcommand nor a directory; did you mean \"\(near)\"? Write a directory as \"./\(word)\""
        )
    }

    private static func advice(_ word: String, _ command: any ParsableCommand.Type) -> String {
        if let near = nearest(to: word, in: command) { return "; did you mean \"\(near)\"?" }
        return "; it has \(visible(command).map(name).joined(separator: ", "))"
    }

    private static func nearest(to word: String, in command: any ParsableCommand.Type) -> String? {
        LVMBackup.nearest(to: word, among: visible(command).flatMap(names) + ["help"])
    }

    private static func visible(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    }

    private static func name(of command: any ParsableCommand.Type) -> String { command.configuration.commandName ?? "" }

    private static func names(of command: any ParsableCommand.Type) -> [String] {
        [name(of: command)] + command.configuration.aliases
    }
}
