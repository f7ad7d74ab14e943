/// A piece of HTML.
///
/// Texts that are put into one are escaped: names and warnings in manifests belong to others. A templating library would
/// link all of Foundation, which is more than twice the program's size.
struct Markup: ExpressibleByStringInterpolation {
    let html: String

    init(stringLiteral html: String) { self.html = html }

    init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

    /// The pieces, one after the other.
    init(_ pieces: [Markup]) { html = pieces.map(\.html).joined(separator: "\n") }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var html = ""

        init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity) }

        mutating func appendLiteral(_ literal: String) { html += literal }

        mutating func appendInterpolation(_ piece: Markup) { html += piece.html }

        mutating func appendInterpolation(_ pieces: [Markup]) { html += Markup(pieces).html }

        /// Control characters are shown as in a terminal.
        mutating func appendInterpolation(_ text: String) {
            for character in text.printable.unicodeScalars {
                switch character {
                case "&": html += "&amp;"
                case "<": html += "&lt;"
                case ">": html += "&gt;"
                case "\"": html += "&quot;"
                case "'": html += "&#39;"
                default: html.unicodeScalars.append(character)
                }
            }
        }

        mutating func appendInterpolation(_ number: Int) { html += "\(number)" }

        /// A number in a style, with two places.
        mutating func appendInterpolation(percent number: Double) {
            html += "\((min(max(number, 0), 100) * 100).rounded() / 100)%"
        }
    }
}
