/// An XXH3 checksum of 128 bits, printed as `xxh128sum` prints it.
struct Digest: Equatable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    var description: String { Self.hexadecimal(high) + Self.hexadecimal(low) }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
