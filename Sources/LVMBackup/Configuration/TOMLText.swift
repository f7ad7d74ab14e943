import CTOML
import FoundationEssentials
import Glibc
import Hooks

/// The reason why a text is no TOML, and the line.
struct TOMLError: Error {
    let line: Int
    let reason: String
}

/// Reads TOML by toml++ 3.3.
enum TOMLText {
    /// Of a line.
    ///
    /// With ten thousand parts and more of one key the parser's stack overflows (measured, with 8 MiB).
    private static let mostDots = 500
    /// Bytes.
    ///
    /// The parser looks ahead by 127 characters at most, and ends the process where a date needs more (measured).
    private static let longestDate = 100

    /// Dates and times become strings, and floats without a fraction whole numbers.
    ///
    /// - Throws: ``TOMLError``.
    static func values(of text: String) throws -> [String: LuaValue] {
        try checkLines(text)
        var (error, line): (UnsafeMutablePointer<CChar>?, UInt32) = (nil, 0)
        var text = text
        let json = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { ctoml_json($0.baseAddress, $0.count, &error, &line) }
        }
        defer {
            free(json)
            free(error)
        }
        guard let json else {
            throw TOMLError(line: Int(line), reason: error.map { String(cString: $0) } ?? "out of memory")
        }
        do {
            return try JSONDecoder().decode([String: LuaValue].self, from: Data(bytes: json, count: strlen(json)))
        } catch {
            throw TOMLError(line: 1, reason: "its tables are too deep in one another")
        }
    }

    /// Refuses texts that the parser does not survive.
    private static func checkLines(_ text: String) throws {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            // A row of dots is no key; comments have such.
            if line.split(separator: UInt8(ascii: ".")).count > mostDots {
                throw TOMLError(line: index + 1, reason: "more than \(mostDots) dots; divide the line")
            }
            if hasLongDate(Array(line)) {
                throw TOMLError(line: index + 1, reason: "a date of more than \(longestDate) characters")
            }
        }
    }

    /// Whether there is what the parser takes for the date before a time: ten characters, two of them dashes, in as many
    /// underscores as one likes, and a blank.
    private static func hasLongDate(_ line: [UInt8]) -> Bool {
        guard line.count > longestDate else { return false }
        let places = line.indices.filter { line[$0] != UInt8(ascii: "_") && line[$0] & 0xC0 != 0x80 }
        return places.indices.dropLast(10).contains { start in
            func byte(_ offset: Int) -> UInt8 { line[places[start + offset]] }
            return byte(4) == UInt8(ascii: "-") && byte(7) == UInt8(ascii: "-") && byte(10) == UInt8(ascii: " ")
                && places[start + 10] - places[start] > longestDate
        }
    }
}
