/// The name of a directory's member, or a relative path: any bytes but zero.
public struct FileName: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    public init(_ text: String) { bytes = Array(text.utf8) }

    public init(stringLiteral text: String) { self.init(text) }

    /// The name as text; nil where it is not UTF-8.
    public var text: String? { String(validating: bytes, as: UTF8.self) }

    /// The name as text, with replacement characters where it is not UTF-8.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
        try (bytes + [0]).withUnsafeBufferPointer { buffer in
            try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
        }
    }
}
