/// An option of another backup tool, with the place where it was given.
struct ForeignOption: Equatable {
    /// Empty on a command line.
    var section = ""
    /// As the tool's file spells it, without dashes in front.
    var key: String
    var value: String
    /// Such as `line 12` or `option 3`.
    var place: String
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

    /// The options of a command line, without the command's name.
    ///
    /// - Parameter flags: the options that take no value. Every other takes the next word where it has no `=`.
    static func onCommandLine(_ words: [String], flags: Set<String>, shortNames: [String: String]) -> [ForeignOption] {
        var options: [ForeignOption] = []
        var rest = words[...]
        var number = 0
        while let word = rest.popFirst() {
            number += 1
            guard word.hasPrefix("-"), word.count > 1 else {
                options.append(ForeignOption(key: "", value: word, place: "argument \(number)"))
                continue
            }
            let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = shortNames[String(parts[0])] ?? String(parts[0])
            let value: String
            if parts.count == 2 {
                value = String(parts[1])
            } else if flags.contains(name) || rest.first.map({ $0.hasPrefix("-") }) ?? true {
                value = "1"
            } else {
                value = rest.removeFirst()
            }
            options.append(ForeignOption(key: name, value: value, place: "option \(number)"))
        }
        return options
    }
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
