import CTOML
import FoundationEssentials
import Glibc
import Hooks

/// Why a text is no TOML, and on which line it begins to be none.
struct TOMLError: Error {
    let line: Int
    let reason: String
}

/// Reads TOML by toml++ 3.3.
enum TOMLText {
    /// Far more than a key has; with some ten thousand the parser's stack overflows (measured: between 10 000 and 30 000
    /// parts, with 8 MiB).
    private static let mostParts = 200
    /// The parser looks ahead by 127 characters at most, and ends the process where a date needs more (measured).
    private static let mostUnderscores = 100

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

    /// Keeps back what the parser does not survive.
    private static func checkLines(_ text: String) throws {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            for part in line.split(whereSeparator: { "=,[]{}".utf8.contains($0) }) {
                if let reason = fault(in: part) { throw TOMLError(line: index + 1, reason: reason) }
            }
        }
    }

    /// - Parameter part: a key, or a value that is no list.
    private static func fault(in part: Substring.UTF8View) -> String? {
        // A row of dots is no key; comments have such.
        if part.split(separator: UInt8(ascii: ".")).count >= mostParts { return "a key of \(mostParts) parts or more" }
        let isLong = part.split { $0 <= 0x20 }.contains { word in
            word.first.map("0123456789+-".utf8.contains) == true
                && word.count { $0 == UInt8(ascii: "_") } > mostUnderscores
        }
        return isLong ? "a number with more than \(mostUnderscores) underscores" : nil
    }
}
