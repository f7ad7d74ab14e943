extension String {
    /// The text as an SQL string literal, for servers on which backslashes escape (the default).
    var quotedForSQL: String {
        var literal = "'"
        // Not by characters: an accent after a quote makes one of both.
        for scalar in unicodeScalars {
            switch scalar {
            case "'": literal += "''"
            case "\\": literal += "\\\\"
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "'"
    }
}
