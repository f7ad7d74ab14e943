/// Shell patterns over bytes.
enum Glob {
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let backslash = UInt8(ascii: "\\")

    /// Why a pattern can't be used; nil where it can.
    static func fault(in pattern: ArraySlice<UInt8>) -> String? {
        var rest = pattern
        while let first = rest.first {
            switch first {
            case backslash:
                guard rest.count > 1 else { return "it ends in a backslash" }
                rest = rest.dropFirst(2)
            case UInt8(ascii: "["):
                guard let end = setEnd(rest) else { return "a \"[\" is not closed" }
                rest = rest[(end + 1)...]
            default:
                rest = rest.dropFirst()
            }
        }
        return nil
    }

    /// Whether the whole of `text` matches the whole of `pattern`.
    static func match(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        var pattern = pattern
        var text = text
        while let first = pattern.first {
            if first == star { return matchStar(pattern.dropFirst(), text) }
            guard let byte = text.first, let rest = matchOne(pattern, byte) else { return false }
            pattern = rest
            text = text.dropFirst()
        }
        return text.isEmpty
    }

    private static func matchStar(_ pattern: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> Bool {
        let crossesSlashes = pattern.first == star
        let rest = crossesSlashes ? pattern.dropFirst() : pattern
        // "**/" also stands for no directory at all.
        if crossesSlashes, rest.first == slash, match(rest.dropFirst(), text) { return true }
        var text = text
        while true {
            if match(rest, text) { return true }
            guard let byte = text.first, crossesSlashes || byte != slash else { return false }
            text = text.dropFirst()
        }
    }

    /// What is left of the pattern when its first element stands for `byte`; nil where it doesn't.
    private static func matchOne(_ pattern: ArraySlice<UInt8>, _ byte: UInt8) -> ArraySlice<UInt8>? {
        switch pattern.first {
        case UInt8(ascii: "?"):
            return byte == slash ? nil : pattern.dropFirst()
        case backslash:
            return pattern.dropFirst().first == byte ? pattern.dropFirst(2) : nil
        case UInt8(ascii: "["):
            guard let end = setEnd(pattern), byte != slash else { return nil }
            return contains(pattern[(pattern.startIndex + 1)..<end], byte) ? pattern[(end + 1)...] : nil
        default:
            return pattern.first == byte ? pattern.dropFirst() : nil
        }
    }

    /// The index of the "]" that closes a set; one that comes first belongs to the set.
    private static func setEnd(_ pattern: ArraySlice<UInt8>) -> Int? {
        var start = pattern.startIndex + 1
        if start < pattern.endIndex, isNegation(pattern[start]) { start += 1 }
        guard start < pattern.endIndex else { return nil }
        return pattern[(start + 1)...].firstIndex(of: UInt8(ascii: "]"))
    }

    private static func contains(_ set: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
        let isNegated = set.first.map(isNegation) ?? false
        var rest = isNegated ? set.dropFirst() : set
        var found = false
        while let low = rest.first {
            if rest.count >= 3, rest[rest.startIndex + 1] == UInt8(ascii: "-") {
                let high = rest[rest.startIndex + 2]
                found = found || (low <= byte && byte <= high)
                rest = rest.dropFirst(3)
            } else {
                found = found || low == byte
                rest = rest.dropFirst()
            }
        }
        return found != isNegated
    }

    private static func isNegation(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "!") || byte == UInt8(ascii: "^")
    }
}
