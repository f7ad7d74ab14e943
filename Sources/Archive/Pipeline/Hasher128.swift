import CXXHash

/// A running XXH3 checksum.
// @unchecked: owns a C state; one thread at a time, see its users.
final class Hasher128: @unchecked Sendable {
    /// Holes count as the zeros that a reader of the file sees.
    private static let zeros = [UInt8](repeating: 0, count: 262_144)

    private static let checkInterval: Int64 = 256 << 20

    private let state: OpaquePointer

    init() {
        // Half a kilobyte: where that is not to be had, no error could be told either.
        guard let state = XXH3_createState() else { fatalError("out of memory") }
        self.state = state
        XXH3_128bits_reset(state)
    }

    deinit { XXH3_freeState(state) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress else { return }
        XXH3_128bits_update(state, base, bytes.count)
    }

    /// - Parameter check: called now and then, as a hole may be as long as a file system allows.
    /// - Throws: the error of `check`.
    func updateZeros(_ number: Int64, check: () throws -> Void = {}) rethrows {
        var rest = number
        try Self.zeros.withUnsafeBytes { zeros in
            while rest > 0 {
                if rest % Self.checkInterval < Int64(zeros.count) { try check() }
                let length = min(rest, Int64(zeros.count))
                update(UnsafeRawBufferPointer(rebasing: zeros.prefix(Int(length))))
                rest -= length
            }
        }
    }

    var digest: Digest {
        let hash = XXH3_128bits_digest(state)
        return Digest(high: hash.high64, low: hash.low64)
    }

    static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        return Digest(high: hash.high64, low: hash.low64)
    }
}
