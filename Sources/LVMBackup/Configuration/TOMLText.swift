import CTOML
import FoundationEssentials
import Glibc
import Hooks

/// Why a text is no TOML, and on which line it begins to be none.
struct TOMLError: Error {
    let line: Int
    let reason: String
}

/// Reads TOML by toml++.
enum TOMLText {
    /// Far more than a key or a list of numbers has; with ten thousand parts of one key the parser's stack overflows
    /// (measured: between 10 000 and 30 000, with 8 MiB).
    private static let mostDots = 256

    /// Dates and times become strings.
    ///
    /// - Throws: ``TOMLError``.
    static func values(of text: String) throws -> [String: LuaValue] {
        try checkDots(text)
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
            throw TOMLError(line: 1, reason: "\(error)")
        }
    }

    private static func checkDots(_ text: String) throws {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.count(where: { $0 == UInt8(ascii: ".") }) > mostDots {
            throw TOMLError(line: index + 1, reason: "more than \(mostDots) dots; divide the line")
        }
    }
}
