/// The lines of an option file, read as the programs of MariaDB and MySQL read them.
///
/// The rules were measured with `my_print_defaults` of MariaDB 10.11 and MySQL 9.7; a test compares random files with it.
struct OptionFile: Equatable {
    enum Line: Equatable {
        /// `[name]`
        case group([UInt8])
        /// The value is nil where there is no equals sign.
        case option(name: [UInt8], value: [UInt8]?)
        case include([UInt8])
        case includeDirectory([UInt8])
    }

    /// Why a line cannot be read, counted from 1.
    struct Fault: Error, Equatable {
        var line: Int
        var reason: String
    }

    var lines: [Line] = []

    /// - Throws: ``Fault`` for a group without its end, and an option before the first group.
    init(parsing bytes: [UInt8]) throws {
        var hasGroup = false
        let rows = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, row) in rows.enumerated() {
            let text = row.drop(while: \.isSpace)
            guard let first = text.first, first != UInt8(ascii: "#"), first != UInt8(ascii: ";") else { continue }
            do {
                let line = try Self.line(text, first, hasGroup: hasGroup)
                if case .group = line { hasGroup = true }
                if let line { lines.append(line) }
            } catch let reason as Reason {
                throw Fault(line: index + 1, reason: reason.text)
            }
        }
    }

    private struct Reason: Error { let text: String }

    private static func line(_ text: ArraySlice<UInt8>, _ first: UInt8, hasGroup: Bool) throws -> Line? {
        switch first {
        case UInt8(ascii: "!"): return directive(text.dropFirst())
        case UInt8(ascii: "["):
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else {
                throw Reason(text: "the group's name has no \"]\"")
            }
            return .group(Array(text[..<end].dropFirst().droppingSpaceAtEnd))
        default:
            guard hasGroup else { throw Reason(text: "an option stands before the first group") }
            return option(text.withoutComment)
        }
    }

    /// A word that is no directive is a comment.
    private static func directive(_ text: ArraySlice<UInt8>) -> Line? {
        let text = text.drop(while: \.isSpace)
        for (word, line) in [("includedir", Line.includeDirectory), ("include", Line.include)] {
            guard text.starts(with: word.utf8), text.dropFirst(word.utf8.count).first?.isSpace == true else { continue }
            return line(Array(text.dropFirst(word.utf8.count).drop(while: \.isSpace).droppingSpaceAtEnd))
        }
        return nil
    }

    private static func option(_ text: ArraySlice<UInt8>) -> Line {
        guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else {
            return .option(name: Array(text.droppingSpaceAtEnd), value: nil)
        }
        let name = Array(text[..<equals].droppingSpaceAtEnd)
        let value = text[(equals + 1)...].drop(while: \.isSpace).droppingSpaceAtEnd
        return .option(name: name, value: value.withoutQuotes.unescaped)
    }
}

extension UInt8 {
    /// White space of Latin-1, as which the programs read every file: the no-break space is part of it.
    fileprivate var isSpace: Bool { (9...13).contains(self) || self == 32 || self == 0xA0 }

    fileprivate var isQuote: Bool { self == UInt8(ascii: "'") || self == UInt8(ascii: "\"") }
}

extension ArraySlice<UInt8> {
    fileprivate var droppingSpaceAtEnd: ArraySlice<UInt8> {
        guard let last = lastIndex(where: { !$0.isSpace }) else { return self[startIndex..<startIndex] }
        return self[...last]
    }

    /// Without what follows a "#" outside of quotes.
    fileprivate var withoutComment: ArraySlice<UInt8> {
        var quote: UInt8?
        var isEscaped = false
        for index in indices {
            let byte = self[index]
            if byte.isQuote, !isEscaped {
                if quote == nil { quote = byte } else if quote == byte { quote = nil }
            }
            if quote == nil, byte == UInt8(ascii: "#") { return self[..<index] }
            isEscaped = quote != nil && byte == UInt8(ascii: "\\") && !isEscaped
        }
        return self
    }

    fileprivate var withoutQuotes: ArraySlice<UInt8> {
        guard count > 1, let first, first.isQuote, last == first else { return self }
        return dropFirst().dropLast()
    }

    /// Before any other character, and at the end, a backslash stands for itself.
    fileprivate var unescaped: [UInt8] {
        var result: [UInt8] = []
        var rest = self
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let next = rest.first else {
                result.append(byte)
                continue
            }
            rest.removeFirst()
            if let meaning = Self.escapes[next] { result.append(meaning) } else { result += [byte, next] }
        }
        return result
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "b"): 8,
        UInt8(ascii: "s"): 32, UInt8(ascii: "\""): UInt8(ascii: "\""), UInt8(ascii: "'"): UInt8(ascii: "'"),
        UInt8(ascii: "\\"): UInt8(ascii: "\\"),
    ]
}
