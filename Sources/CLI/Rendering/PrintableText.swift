/// Texts of the server, of file names and of hooks, made harmless for a terminal and a log.
///
/// An escape sequence could rewrite what the terminal shows, and a line break could forge a line of the log.
extension String {
    /// The most characters of one printed line.
    static let longestPrintedLine = 4096

    /// The text as one line.
    ///
    /// Control characters are shown as `\n`, `\t`, `\x1b` or `\u{2028}`. A text of more than ``longestPrintedLine``
    /// characters is cut off.
    var printable: String {
        let (shown, rest) = (
            unicodeScalars.prefix(Self.longestPrintedLine), unicodeScalars.dropFirst(Self.longestPrintedLine)
        )
        let line = shown.reduce(into: "") { line, scalar in
            if scalar.isPrintable { line.unicodeScalars.append(scalar) } else { line += scalar.escaped }
        }
        return rest.isEmpty ? line : "\(line)… (\(rest.count) more characters)"
    }

    /// JSON in which everything that a terminal does not show is escaped, but for line breaks: encoders escape only what JSON
    /// forbids, and U+009B starts an escape sequence, too.
    var printableJSON: String {
        unicodeScalars.reduce(into: "") { json, scalar in
            if scalar.isPrintable || scalar == "\n" { return json.unicodeScalars.append(scalar) }
            for unit in String(Character(scalar)).utf16 {
                let digits = String(unit, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }

    /// Each line of the text as ``printable``, with tabs as blanks: for excerpts of a program's source.
    var printableLines: [String] {
        split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    ").printable
        }
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows the character, and does nothing else.
    var isPrintable: Bool {
        switch properties.generalCategory {
        // Format characters reorder or hide text.
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }

    fileprivate var escaped: String {
        switch self {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case ..<"\u{80}": "\\x" + (value < 16 ? "0" : "") + String(value, radix: 16)
        default: "\\u{\(String(value, radix: 16))}"
        }
    }
}
