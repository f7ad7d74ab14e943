/// A shell pattern over bytes.
///
/// The time to match is proportional to pattern times text, for all patterns.
struct Glob: Sendable {
    struct Fault: Error, Equatable {
        let why: String
    }

    private enum Element {
        case byte(UInt8)
        /// `?`
        case one
        /// `[a-z]`, `[!a-z]`
        case set(ArraySlice<UInt8>)
        /// `*`
        case star
        /// `**`
        case anything
        /// The next two may be left out: "**/" also stands for no directory at all.
        case maybe
    }

    private var elements: [Element] = []

    /// Patterns of included names.
    ///
    /// A pattern that cannot be parsed, such as "a[b", stands for itself, so that no file is missed.
    static func patterns(_ names: [String]) -> [Glob] {
        names.map { name in
            do { return try Glob(name.utf8) } catch { return Glob(literal: name.utf8) }
        }
    }

    private init(literal: some Sequence<UInt8>) { elements = literal.map(Element.byte) }

    /// - Throws: ``Fault``
    init(_ pattern: some Sequence<UInt8>) throws(Fault) {
        var rest = Array(pattern)[...]
        while let first = rest.popFirst() {
            switch first {
            case UInt8(ascii: "*"): appendStar(&rest)
            case UInt8(ascii: "?"): elements.append(.one)
            case UInt8(ascii: "["):
                guard let end = Self.setEnd(rest) else { throw Fault(why: "a \"[\" is not closed") }
                elements.append(.set(rest[..<end]))
                rest = rest[(end + 1)...]
            case UInt8(ascii: "\\"):
                guard let byte = rest.popFirst() else { throw Fault(why: "it ends in a backslash") }
                elements.append(.byte(byte))
            default: elements.append(.byte(first))
            }
        }
    }

    private mutating func appendStar(_ rest: inout ArraySlice<UInt8>) {
        guard rest.first == UInt8(ascii: "*") else { return elements.append(.star) }
        rest.removeFirst()
        if rest.first == UInt8(ascii: "/") { elements.append(.maybe) }
        elements.append(.anything)
    }

    /// Whether the whole of `text` matches the whole of the pattern.
    func matches(_ text: some Sequence<UInt8>) -> Bool {
        // The parts of the pattern that may come next, for every way to read the text so far.
        var places = [Bool](repeating: false, count: elements.count + 1)
        var next = places
        places[0] = true
        skip(&places)
        for byte in text {
            guard advance(&places, over: byte, to: &next) else { return false }
            swap(&places, &next)
        }
        return places[elements.count]
    }

    /// - Returns: whether there is still a way.
    private func advance(_ places: inout [Bool], over byte: UInt8, to next: inout [Bool]) -> Bool {
        var isPossible = false
        for place in elements.indices where places[place] {
            let element = elements[place]
            switch element {
            case .star where byte != UInt8(ascii: "/"), .anything: next[place] = true
            default:
                guard Self.stands(element, for: byte) else { continue }
                next[place + 1] = true
            }
            isPossible = true
        }
        for place in places.indices { places[place] = false }
        skip(&next)
        return isPossible
    }

    /// Also adds the parts after those that may stand for no text.
    private func skip(_ places: inout [Bool]) {
        for place in elements.indices where places[place] {
            switch elements[place] {
            case .star, .anything: places[place + 1] = true
            case .maybe:
                places[place + 1] = true
                places[place + 3] = true
            default: break
            }
        }
    }

    private static func stands(_ element: Element, for byte: UInt8) -> Bool {
        switch element {
        case .byte(let own): own == byte
        case .one: byte != UInt8(ascii: "/")
        case .set(let set): byte != UInt8(ascii: "/") && contains(set, byte)
        case .star, .anything, .maybe: false
        }
    }

    /// The index of the "]" that closes a set; a "]" that comes first belongs to the set.
    private static func setEnd(_ rest: ArraySlice<UInt8>) -> Int? {
        var start = rest.startIndex
        if start < rest.endIndex, isNegation(rest[start]) { start += 1 }
        guard start < rest.endIndex else { return nil }
        return rest[(start + 1)...].firstIndex(of: UInt8(ascii: "]"))
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
