/// The statements that hooks may send on a session that only reads.
package enum ReadOnlyStatement {
    /// The first words of statements that read, and take no lock that outlives them.
    private static let words: Set<String> = [
        "select", "show", "explain", "describe", "desc", "with", "values", "table", "help", "checksum",
    ]

    /// The first word of a statement that may do more than read; nil for a statement that only reads.
    package static func refusedWord(of statement: String) -> String? {
        let word = statement.drop { $0.isWhitespace || $0 == "(" }.prefix { $0.isLetter }.lowercased()
        return words.contains(word) ? nil : word
    }
}
