extension String {
    /// The text in lines of at most `limit` columns, broken between words.
    ///
    /// A longer word has a line of its own: it may be a path to be copied.
    ///
    /// - Parameter indent: the columns that all lines but the first begin with.
    func wrapped(to limit: Int, indent: Int) -> [String] {
        guard count > limit, indent < limit / 2 else { return [self] }
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = ""
        // Empty words are the blanks between columns.
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            if line.count + 1 + word.count > limit, line.contains(where: { $0 != " " }) {
                lines.append(line)
                line = margin + word
            } else {
                line += (lines.isEmpty && line.isEmpty ? "" : " ") + word
            }
        }
        return lines + [line]
    }
}
