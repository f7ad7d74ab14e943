extension String {
    /// The text as an SQL string literal, for servers on which backslashes escape (the default).
    var quotedForSQL: String {
        var literal = "'"
        for character in self {
            switch character {
            case "'": literal += "''"
            case "\\": literal += "\\\\"
            default: literal.append(character)
            }
        }
        return literal + "'"
    }
}
