import Glibc

/// A path as the kernel has it: bytes, which need not be UTF-8.
struct RawPath: Hashable, Sendable, CustomStringConvertible {
    var bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ text: String) { bytes = Array(text.utf8) }

    /// For messages: bytes that are not UTF-8 appear as replacement characters.
    var description: String { String(decoding: bytes, as: UTF8.self) }

    /// The path as text, or nil where it is not UTF-8.
    var text: String? { String(validating: bytes, as: UTF8.self) }

    /// The last component.
    var name: ArraySlice<UInt8> {
        let end = bytes.last == UInt8(ascii: "/") ? bytes.dropLast() : bytes[...]
        guard let slash = end.lastIndex(of: UInt8(ascii: "/")) else { return end }
        return end[(slash + 1)...]
    }

    /// The path of something in this directory.
    func appending(_ component: [UInt8]) -> RawPath {
        if bytes.isEmpty || bytes.last == UInt8(ascii: "/") { return RawPath(bytes: bytes + component) }
        var joined: [UInt8] = []
        joined.reserveCapacity(bytes.count + 1 + component.count)
        joined += bytes
        joined.append(UInt8(ascii: "/"))
        joined += component
        return RawPath(bytes: joined)
    }

    /// Calls `body` with the path as C wants it.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            for index in bytes.indices { buffer[index] = CChar(bitPattern: bytes[index]) }
            buffer[bytes.count] = 0
            // The allocation has at least one element, so it has an address.
            return try body(UnsafePointer(buffer.baseAddress!))
        }
    }
}
