/// A pattern of Lua's string library, read for faults.
struct LuaPattern {
    private let bytes: [UInt8]
    private var place = 0
    /// The captures that are begun, and those that are ended.
    private var open = 0
    private var closed = 0

    private init(_ text: String) { bytes = Array(text.utf8) }

    /// Why Lua refuses the pattern; nil: it takes it.
    static func fault(in text: String) -> String? {
        var pattern = LuaPattern(text)
        return pattern.fault()
    }

    /// Why Lua refuses a text that replaces what `string.gsub` finds.
    static func fault(inReplacement text: String) -> String? {
        var rest = Array(text.utf8)[...]
        while let sign = rest.popFirst() {
            guard sign == UInt8(ascii: "%") else { continue }
            guard let next = rest.popFirst(), isDigit(next) || next == UInt8(ascii: "%") else {
                return "% stands before a digit or another % in a replacement: write %%"
            }
        }
        return nil
    }

    /// A sign of regular expressions, which patterns do not have, and the remedy.
    static func foreignSign(in text: String) -> String? {
        if let match = text.firstMatch(of: #/\\([dwsDWSbB.])/#) {
            let letter = String(match.1)
            let right = letter.lowercased() == "b" ? "%f[%w]" : letter.lowercased() == "w" ? "[%w_]" : "%\(letter)"
            return "patterns have no \\\(letter): write \(right)"
        }
        if text.contains(#/[A-Za-z0-9_]\|[A-Za-z0-9_]/#) {
            return "patterns have no alternatives: match each word by itself"
        }
        if text.contains(#/[\w\])]\{[0-9]+(,[0-9]*)?\}/#) { return "patterns have no {n}: write the class as often" }
        if text.contains("(?:") { return "patterns have no (?:…)" }
        return nil
    }

    private mutating func fault() -> String? {
        if bytes.first == UInt8(ascii: "^") { place = 1 }
        while place < bytes.count {
            if let fault = step() { return fault }
        }
        return open > 0 ? "a ( is not closed" : nil
    }

    private mutating func step() -> String? {
        defer { place += 1 }
        switch bytes[place] {
        case UInt8(ascii: "("): open += 1
        case UInt8(ascii: ")"):
            guard open > 0 else { return "a ) closes nothing: write %)" }
            (open, closed) = (open - 1, closed + 1)
        case UInt8(ascii: "["): return set()
        case UInt8(ascii: "%"): return escape()
        default: break
        }
        return nil
    }

    private mutating func escape() -> String? {
        place += 1
        guard place < bytes.count else { return "it ends with %: write %%" }
        switch bytes[place] {
        case UInt8(ascii: "b"):
            place += 2
            return place < bytes.count ? nil : "%b needs two signs"
        case UInt8(ascii: "f"):
            place += 1
            guard place < bytes.count, bytes[place] == UInt8(ascii: "[") else {
                return "%f needs a set, such as %f[%w]"
            }
            return set()
        case let sign where Self.isDigit(sign):
            return Int(sign) - 0x30 <= closed && sign != UInt8(ascii: "0") ? nil : "%\(sign - 0x30) is no capture of it"
        default: return nil
        }
    }

    /// The first sign of a set is part of it, also where it is a bracket.
    private mutating func set() -> String? {
        place += 1
        if place < bytes.count, bytes[place] == UInt8(ascii: "^") { place += 1 }
        var isFirst = true
        while place < bytes.count, isFirst || bytes[place] != UInt8(ascii: "]") {
            place += bytes[place] == UInt8(ascii: "%") ? 2 : 1
            isFirst = false
        }
        return place < bytes.count ? nil : "a [ is not closed"
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
