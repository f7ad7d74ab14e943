/// Records of a pax extended header: "LENGTH KEY=VALUE\n", the length counting itself (POSIX.1-2001, pax).
struct PaxRecords {
    private(set) var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func add(_ key: [UInt8], _ value: [UInt8]) {
        let rest = key.count + value.count + 3
        var length = rest + 1
        while String(length).utf8.count + rest != length { length = String(length).utf8.count + rest }
        bytes += Array(String(length).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes += key
        bytes.append(UInt8(ascii: "="))
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ key: String, _ value: [UInt8]) { add(Array(key.utf8), value) }

    mutating func add(_ key: String, _ value: String) { add(Array(key.utf8), Array(value.utf8)) }
}

extension FileTime {
    /// Decimal seconds as pax has them, with a fraction only where there is one: "-1.5" is half a second before -1.
    var paxText: String {
        guard nanoseconds != 0 else { return String(seconds) }
        let isNegative = seconds < 0
        let whole = isNegative ? -(seconds + 1) : seconds
        let fraction = isNegative ? 1_000_000_000 - nanoseconds : nanoseconds
        var digits = String(fraction)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(isNegative ? "-" : "")\(whole).\(digits)"
    }
}
