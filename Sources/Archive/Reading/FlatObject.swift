/// A JSON object of one line whose values are texts and whole numbers, as the index has them.
struct FlatObject {
    enum Value: Equatable {
        case text([UInt8])
        case number(Int64)
    }

    /// A line of the index has nine keys at most.
    private static let mostKeys = 16

    private(set) var values: [String: Value] = [:]

    /// - Returns: nil for any other text.
    init?(_ line: ArraySlice<UInt8>) {
        var scanner = Scanner(rest: line)
        guard scanner.take("{") else { return nil }
        repeat {
            guard let key = scanner.text(), scanner.take(":"), let value = scanner.value() else { return nil }
            guard values.updateValue(value, forKey: String(decoding: key, as: UTF8.self)) == nil else { return nil }
            guard values.count <= Self.mostKeys else { return nil }
        } while scanner.take(",")
        guard scanner.take("}"), scanner.rest.isEmpty else { return nil }
    }

    func number(_ key: String) -> Int64? {
        guard case .number(let number) = values[key] else { return nil }
        return number
    }

    func text(_ key: String) -> [UInt8]? {
        guard case .text(let text) = values[key] else { return nil }
        return text
    }

    /// A name, which stands under another key in Base64 where it is not UTF-8.
    func name(_ key: String) -> [UInt8]? { text(key) ?? text(key + "_base64").flatMap(Base64.decode) }

    private struct Scanner {
        var rest: ArraySlice<UInt8>

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest.removeFirst()
            return true
        }

        mutating func value() -> Value? {
            if rest.first == UInt8(ascii: "\"") { return text().map(Value.text) }
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard !digits.isEmpty, let number = Int64(String(decoding: digits, as: UTF8.self)) else { return nil }
            rest = rest.dropFirst(digits.count)
            return .number(number)
        }

        mutating func text() -> [UInt8]? {
            guard take("\"") else { return nil }
            var text: [UInt8] = []
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "\"") { return text }
                guard byte == UInt8(ascii: "\\") else {
                    text.append(byte)
                    continue
                }
                guard let escaped = escape() else { return nil }
                text += escaped
            }
            return nil
        }

        /// The writer escapes quotes and backslashes, and control characters by their number.
        private mutating func escape() -> [UInt8]? {
            guard let byte = rest.popFirst() else { return nil }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "/") { return [byte] }
            guard byte == UInt8(ascii: "u"), rest.count >= 4 else { return nil }
            let digits = String(decoding: rest.prefix(4), as: UTF8.self)
            rest = rest.dropFirst(4)
            guard let number = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(number) else { return nil }
            return Array(String(Character(scalar)).utf8)
        }
    }
}
