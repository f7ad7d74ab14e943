/// An option of another backup tool, with the place where it was given.
struct ForeignOption: Equatable {
    /// Empty on a command line.
    var section = ""
    /// As the tool's file spells it, without dashes in front.
    var key: String
    var value: String
    /// Such as `line 12` or `option 3`.
    var place: String
    /// Of a command line: the option's own word has its value.
    private var hasOwnValue = false

    init(section: String = "", key: String, value: String, place: String) {
        (self.section, self.key, self.value, self.place) = (section, key, value, place)
    }
}

extension ForeignOption {
    /// The options of a file of sections and `key = value` lines.
    ///
    /// - Parameter continuesValues: whether a line that begins with white space continues the value before it, as in
    ///   Python's configuration files. Perl's reader takes it for a line like the others.
    static func inFile(_ text: String, continuesValues: Bool) -> [ForeignOption] {
        var options: [ForeignOption] = []
        var section = ""
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.trimmed
            if content.isEmpty || content.hasPrefix("#") || content.hasPrefix(";") { continue }
            if content.hasPrefix("["), let end = content.firstIndex(of: "]") {
                section = String(content[content.index(after: content.startIndex)..<end])
            } else if continuesValues, line.first == " " || line.first == "\t", !options.isEmpty {
                options[options.count - 1].value += " " + content
            } else {
                let parts = content.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count == 2 ? parts[1].trimmed.withoutQuotes : "1"
                options.append(
                    ForeignOption(section: section, key: parts[0].trimmed, value: value, place: "line \(number + 1)")
                )
            }
        }
        return options
    }

    /// The names of a file's sections, also of empty ones; "" stands for options before the first one.
    static func sections(inFile text: String) -> Set<String> {
        let named = text.split(separator: "\n").map(\.trimmed).compactMap { line -> String? in
            guard line.hasPrefix("["), let end = line.firstIndex(of: "]") else { return nil }
            return String(line[line.index(after: line.startIndex)..<end])
        }
        return Set(named + inFile(text, continuesValues: false).map(\.section))
    }

    /// The options of a command line, without the command's name.
    ///
    /// An option that is no flag takes the next word where it has no `=`. The line's last word is taken by no unknown option
    /// where it is an absolute path: it is the directory.
    static func onCommandLine(_ words: [String], _ rules: ImportRules) -> [ForeignOption] {
        var options: [ForeignOption] = []
        var rest = words.filter { $0 != "--" }[...]
        var number = 0
        while let word = rest.popFirst() {
            number += 1
            guard word.hasPrefix("-"), word.count > 1 else {
                options.append(ForeignOption(key: "", value: word, place: "argument \(number)"))
                continue
            }
            var option = ForeignOption(word: word, number, rules)
            if option.takesWord(rest, rules) { option.value = rest.removeFirst() }
            options.append(option)
        }
        return options
    }

    /// An option with what its own word says of its value; "1" where that is nothing.
    private init(word: String, _ number: Int, _ rules: ImportRules) {
        let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        place = "option \(number)"
        (key, value) = (name, parts.count == 2 ? String(parts[1]) : Self.on)
        hasOwnValue = parts.count == 2
        guard !word.hasPrefix("--"), name.count > 0 else {
            key = rules.option(name) ?? name
            return
        }
        let letter = String(name.prefix(1))
        if let known = rules.shortNames[letter] {
            key = known
            guard name.count > 1 || hasOwnValue else { return }
            // As in -uroot; a flag stands for itself.
            hasOwnValue = true
            let joined = word.dropFirst(2)
            value = rules.flags.contains(known) ? Self.on : String(joined.hasPrefix("=") ? joined.dropFirst() : joined)
        } else if let known = rules.option(name) {
            key = known
        } else {
            // A value may be joined to the letter, and be a password.
            key = name.count > 1 ? letter + "…" : letter
        }
    }

    /// Whether the next word is the option's value.
    private func takesWord(_ rest: ArraySlice<String>, _ rules: ImportRules) -> Bool {
        guard !hasOwnValue, let next = rest.first, !next.hasPrefix("-") else { return false }
        // The prompt of pylvmbackup takes no word; one that is no directory is a password in the wrong place.
        if key == "password", rules.flags.contains(key) { return !next.hasPrefix("/") }
        if rules.flags.contains(key) { return false }
        return rules.meanings[key] != nil || !(rest.count == 1 && next.hasPrefix("/"))
    }

    private static let on = "1"
}

extension StringProtocol {
    var trimmed: String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        let rest = drop(while: isSpace)
        return String(rest.reversed().drop(while: isSpace).reversed())
    }

    fileprivate var withoutQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return String(self) }
        return String(dropFirst().dropLast())
    }
}
