/// The columns that a query names.
enum SelectedColumns {
    /// Whether the author of a statement has chosen the columns of its answer, as opposed to the server.
    static func isQuery(_ statement: String) -> Bool {
        let word = statement.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
        return ["select", "with", "values", "table"].contains(word)
    }

    /// The names in `SELECT a, f(b) AS c FROM …`; nil where the text alone does not tell them all.
    static func names(in statement: String) -> [String]? {
        let text = statement.replacing(#/\s+/#, with: " ").drop { $0 == " " }
        guard text.prefix(7).lowercased() == "select ", text.firstMatch(of: #/(?i)\b(union|into)\b/#) == nil else {
            return nil
        }
        var names: [String] = []
        for item in items(of: text.dropFirst(7)) {
            guard let name = name(of: item) else { return nil }
            names.append(name)
        }
        return names.isEmpty ? nil : names
    }

    /// The items up to FROM; commas and words in parentheses or quotes are part of an item.
    private static func items(of text: Substring) -> [Substring] {
        var items: [Substring] = []
        var start = text.startIndex
        var (depth, quote) = (0, Character?.none)
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if "'\"`".contains(character) {
                quote = character
            } else if character == "(" {
                depth += 1
            } else if character == ")" {
                depth -= 1
            } else if depth == 0, character == "," {
                items.append(text[start..<index])
                start = text.index(after: index)
            } else if depth == 0, character == " ", endsList(text[index...]) {
                break
            }
            index = text.index(after: index)
        }
        return items + [text[start..<index]]
    }

    private static func endsList(_ rest: Substring) -> Bool {
        let word = rest.dropFirst().prefix { $0.isLetter }.lowercased()
        return ["from", "where", "group", "having", "order", "limit", "for"].contains(word)
    }

    private static func name(of item: Substring) -> String? {
        let item = item.trimmingPrefix(#/ *(?i:(?:distinct|all) )?/#)
        if let match = item.firstMatch(of: #/(?i) as [`"']?([A-Za-z_][A-Za-z0-9_]*)[`"']? *$/#) {
            return String(match.1)
        }
        // Without a name a column has the text of its expression.
        if let match = item.wholeMatch(of: #/([A-Za-z_]+\((?:\*|[A-Za-z0-9_.]*)\)) */#) { return String(match.1) }
        guard let match = item.wholeMatch(of: #/(?:`?[A-Za-z_][A-Za-z0-9_]*`?\.)*`?([A-Za-z_][A-Za-z0-9_]*)`? */#)
        else {
            return nil
        }
        return String(match.1)
    }
}
