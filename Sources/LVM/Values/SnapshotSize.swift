/// How large the exception store of a thick snapshot is to be.
package enum SnapshotSize: Sendable, Equatable {
    case bytes(Int64)
    case extents(Int64)
    case percentOfOrigin(Double)
    case percentOfFree(Double)
    /// The smaller of 20 % of the volume and what the group has free.
    case standard

    /// - Parameter text: "5G", "512M", "100e" (extents), "20%ORIGIN", "50%FREE"; a plain number is MiB, as it was with
    ///   this program's predecessors; empty is the standard.
    /// - Throws: ``LVMError/badSize(_:reason:)``.
    package init(_ text: String) throws {
        let word = text.uppercased()
        if word.isEmpty {
            self = .standard
        } else if word.hasSuffix("%ORIGIN") {
            self = .percentOfOrigin(try Self.percent(word.dropLast(7), text, limit: 1000))
        } else if word.hasSuffix("%FREE") {
            self = .percentOfFree(try Self.percent(word.dropLast(5), text, limit: 100))
        } else if word.hasSuffix("E") {
            guard let count = Int64(word.dropLast()), count > 0 else { throw Self.notANumber(text) }
            self = .extents(count)
        } else {
            self = .bytes(try Self.byteCount(word, text))
        }
    }

    /// The size in extents: fixed sizes are rounded up, shares down.
    ///
    /// A size that does not fit is refused, never cut.
    ///
    /// - Parameters:
    ///   - volume: bytes of the origin.
    /// - Throws: ``LVMError/doesNotFit(size:needed:free:group:)``.
    package func extents(volume: Int64, group: VolumeGroup) throws -> Int64 {
        let wanted = wanted(volume: volume, group: group)
        guard wanted <= group.freeExtents else {
            let needed = wanted * group.extentSize
            throw LVMError.doesNotFit(size: "\(self)", needed: needed, free: group.free, group: group.name)
        }
        return wanted
    }

    /// The size in extents, whether it fits or not.
    func wanted(volume: Int64, group: VolumeGroup) -> Int64 {
        let size = group.extentSize
        return switch self {
        case .bytes(let bytes): (bytes - 1) / size + 1
        case .extents(let count): count
        case .percentOfOrigin(let percent): max(1, Int64(Double(volume / size) * percent / 100))
        case .percentOfFree(let percent): max(1, Int64(Double(group.freeExtents) * percent / 100))
        case .standard: max(1, min(volume / 5 / size, group.freeExtents))
        }
    }

    private static let units: [Character: Int64] = [
        "B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
    ]

    private static func byteCount(_ word: String, _ text: String) throws -> Int64 {
        let unit = word.last.flatMap { units[$0] }
        guard let number = number(unit == nil ? word[...] : word.dropLast()), number > 0 else { throw notANumber(text) }
        let bytes = number * Double(unit ?? 1 << 20)
        guard bytes >= 1, bytes < 9e18 else { throw LVMError.badSize(text, reason: "out of range") }
        return Int64(bytes.rounded(.up))
    }

    private static func percent(_ word: Substring, _ text: String, limit: Double) throws -> Double {
        guard let number = number(word), number > 0 else { throw notANumber(text) }
        guard number <= limit else { throw LVMError.badSize(text, reason: "at most \(Int(limit)) % make sense") }
        return number
    }

    /// Digits with at most one point between them: no sign, exponent, or decimal comma.
    private static func number(_ word: Substring) -> Double? {
        guard let first = word.first, first.isNumber, word.allSatisfy({ "0123456789.".contains($0) }) else {
            return nil
        }
        return Double(word)
    }

    private static func notANumber(_ text: String) -> LVMError {
        .badSize(text, reason: "not a number above 0 with a known unit")
    }
}

extension SnapshotSize: CustomStringConvertible {
    package var description: String {
        switch self {
        case .bytes(let bytes): bytes % (1 << 20) == 0 ? "\(bytes >> 20)M" : "\(bytes)B"
        case .extents(let count): "\(count)e"
        case .percentOfOrigin(let percent): "\(percent)%ORIGIN"
        case .percentOfFree(let percent): "\(percent)%FREE"
        case .standard: "20%ORIGIN"
        }
    }
}
