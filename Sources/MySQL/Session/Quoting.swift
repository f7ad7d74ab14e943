extension String {
    /// The text as a name in SQL, valid in every SQL mode and with the reserved words of every release.
    var quotedAsName: String {
        var name = "`"
        // Not by characters: an accent behind a backtick makes one of both.
        for scalar in unicodeScalars {
            if scalar == "`" { name += "`" }
            name.unicodeScalars.append(scalar)
        }
        return name + "`"
    }

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
