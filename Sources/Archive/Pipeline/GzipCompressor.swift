import CZlib

/// Makes gzip members (RFC 1952).
final class GzipCompressor: Compressor {
    /// The largest window, and 16 for a gzip header and trailer.
    private static let gzipWindow: Int32 = 15 + 16

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(level: Int) throws(ArchiveError) {
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let strategy = Z_DEFAULT_STRATEGY
        let status = deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            Self.gzipWindow,
            8,
            strategy,
            ZLIB_VERSION,
            size
        )
        guard status == Z_OK else { throw .compressor("zlib status \(status)") }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func compress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer) throws(ArchiveError) {
        deflateReset(stream)
        let bound = Int(deflateBound(stream, UInt(input.count)))
        let room = output.reserve(bound)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(bound)
        let status = deflate(stream, Z_FINISH)
        guard status == Z_STREAM_END else { throw .compressor("zlib status \(status)") }
        output.commit(bound - Int(stream.pointee.avail_out))
    }
}
