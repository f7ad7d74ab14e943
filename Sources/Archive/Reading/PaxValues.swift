/// The records of pax extended headers that apply to one member.
struct PaxValues {
    /// Keys that may come more than once, in GNU's first sparse format.
    private(set) var sparseNumbers: [[UInt8]] = []
    private var values: [String: [UInt8]] = [:]
    private(set) var attributes: [ExtendedAttributes.Attribute] = []
    /// Where each is, by its name.
    private var places: [[UInt8]: Int] = [:]

    private static let attributePrefix = Array("SCHILY.xattr.".utf8)

    /// Adds the records of one header; a later record of a key replaces an earlier one.
    ///
    /// - Returns: false where they are no records.
    mutating func add(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            guard digits.count < 10, let length = Int(String(decoding: digits, as: UTF8.self)),
                length > digits.count + 2, length <= rest.count,
                rest[rest.startIndex + digits.count] == UInt8(ascii: " "),
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n")
            else { return false }
            let record = rest[(rest.startIndex + digits.count + 1)..<(rest.startIndex + length - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return false }
            set(Array(record[..<equals]), Array(record[(equals + 1)...]))
            rest = rest.dropFirst(length)
        }
        return true
    }

    func text(_ key: String) -> [UInt8]? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// A whole number of at least 0; nil where there is no such record.
    func number(_ key: String) -> Int64? { text(key).flatMap { Int64(String(decoding: $0, as: UTF8.self)) } }

    func has(_ key: String) -> Bool { values[key] != nil }

    var modified: FileTime? { text("mtime").flatMap { FileTime(paxText: $0) } }

    private mutating func set(_ key: [UInt8], _ value: [UInt8]) {
        if key.starts(with: Self.attributePrefix) {
            let name = Self.unescaped(key.dropFirst(Self.attributePrefix.count))
            if let place = places[name] {
                attributes[place].value = value
            } else {
                places[name] = attributes.count
                attributes.append(ExtendedAttributes.Attribute(name: name, value: value))
            }
            return
        }
        let word = String(decoding: key, as: UTF8.self)
        if word == "GNU.sparse.offset" || word == "GNU.sparse.numbytes" { sparseNumbers.append(value) }
        values[word] = value
    }

    /// GNU tar writes "=" and "%" of an attribute's name in hexadecimal.
    private static func unescaped(_ name: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = name
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.starts(with: Array("3D".utf8)) || rest.starts(with: Array("25".utf8)) {
                result.append(rest.first == UInt8(ascii: "3") ? UInt8(ascii: "=") : UInt8(ascii: "%"))
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}

extension FileTime {
    /// - Parameter paxText: decimal seconds, perhaps with a fraction; digits below a nanosecond are cut off.
    /// - Returns: nil for anything else.
    init?(paxText text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let isNegative = text.first == UInt8(ascii: "-")
        guard let whole = Int64(String(decoding: parts[0], as: UTF8.self)), abs(Double(whole)) < 1e17 else {
            return nil
        }
        var nanoseconds: Int64 = 0
        if parts.count == 2 {
            let digits = parts[1].prefix(9)
            guard parts[1].allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
            for digit in digits { nanoseconds = nanoseconds * 10 + Int64(digit - 0x30) }
            for _ in digits.count..<9 { nanoseconds *= 10 }
        }
        let isBefore = isNegative && nanoseconds > 0
        self.init(
            seconds: isBefore ? whole - 1 : whole,
            nanoseconds: isBefore ? 1_000_000_000 - nanoseconds : nanoseconds
        )
    }
}
