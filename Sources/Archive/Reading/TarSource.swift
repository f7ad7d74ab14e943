/// The bytes of a tar file, in pieces of any length.
///
/// Belongs to one thread.
protocol TarSource: AnyObject {
    /// The next bytes, which stay where they are until the next call; nil at the end.
    ///
    /// - Throws: why there are no more.
    func next() throws -> UnsafeRawBufferPointer?

    /// An error about the bytes that were given last.
    func damaged(_ why: String) -> ReadError
}

/// Takes bytes from a source as a reader of tar files needs them.
struct TarBytes {
    let source: any TarSource
    private var rest = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The place of the next byte in the tar file.
    private(set) var position: Int64

    /// - Parameter position: the place of the source's first byte in the tar file.
    init(_ source: any TarSource, at position: Int64 = 0) {
        self.source = source
        self.position = position
    }

    /// Some bytes, one at least; nil at the end.
    mutating func take(atMost count: Int64) throws -> UnsafeRawBufferPointer? {
        while rest.isEmpty {
            guard let next = try source.next() else { return nil }
            rest = next
        }
        let length = Int(min(Int64(rest.count), count))
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<length])
        rest = UnsafeRawBufferPointer(rebasing: rest[length...])
        position += Int64(length)
        return taken
    }

    /// Exactly so many bytes; nil where the source ends before the first.
    mutating func takeAll(_ count: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            guard let piece = try take(atMost: Int64(count - bytes.count)) else {
                if bytes.isEmpty { return nil }
                throw source.damaged("it ends too early")
            }
            bytes += piece
        }
        return bytes
    }

    mutating func skip(_ count: Int64) throws {
        var left = count
        while left > 0 {
            guard let piece = try take(atMost: left) else { throw source.damaged("it ends too early") }
            left -= Int64(piece.count)
        }
    }
}
