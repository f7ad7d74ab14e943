import CDeflate
import CZlib
import CZstd

/// Turns a whole, independent unit of the archive back into the bytes it was made of; belongs to one thread.
protocol Decompressor: AnyObject {
    /// - Parameter size: the number of bytes that it has to become.
    /// - Returns: why that failed; nil where it did not.
    func decompress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer, size: Int) -> String?
}

final class ZstdDecompressor: Decompressor {
    private let context: OpaquePointer

    /// - Throws: ``ArchiveError/compressor(_:)``
    init() throws(ArchiveError) {
        guard let context = ZSTD_createDCtx() else { throw .compressor("out of memory") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func decompress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer, size: Int) -> String? {
        let room = output.reserve(size)
        let written = ZSTD_decompressDCtx(context, room, size, input.baseAddress, input.count)
        guard ZSTD_isError(written) == 0 else { return String(cString: ZSTD_getErrorName(written)) }
        guard written == size else { return "it has \(written) bytes in place of \(size)" }
        output.commit(written)
        return nil
    }
}

final class GzipDecompressor: Decompressor {
    private let decompressor: OpaquePointer

    /// - Throws: ``ArchiveError/compressor(_:)``
    init() throws(ArchiveError) {
        guard let decompressor = libdeflate_alloc_decompressor() else { throw .compressor("out of memory") }
        self.decompressor = decompressor
    }

    deinit { libdeflate_free_decompressor(decompressor) }

    func decompress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer, size: Int) -> String? {
        let room = output.reserve(size)
        var read = 0
        var written = 0
        let result = libdeflate_gzip_decompress_ex(
            decompressor,
            input.baseAddress,
            input.count,
            room,
            size,
            &read,
            &written
        )
        switch result {
        case LIBDEFLATE_SUCCESS: break
        case LIBDEFLATE_INSUFFICIENT_SPACE: return "it has more than \(size) bytes"
        default: return "it is no whole gzip member"
        }
        guard written == size, read == input.count else { return "it has \(written) bytes in place of \(size)" }
        output.commit(written)
        return nil
    }
}

/// zlib's state for reading gzip members (RFC 1952).
final class InflateStream {
    /// The largest window, and 16 for a gzip header and trailer.
    private static let gzipWindow: Int32 = 15 + 16

    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// - Throws: ``ArchiveError/compressor(_:)``
    init() throws(ArchiveError) {
        stream.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let status = inflateInit2_(stream, Self.gzipWindow, ZLIB_VERSION, size)
        guard status == Z_OK else { throw .compressor("zlib status \(status)") }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    var unread: Int { Int(stream.pointee.avail_in) }

    func reset() { inflateReset(stream) }

    /// The input has to stay where it is until all of it was read.
    func setInput(_ input: UnsafeRawBufferPointer) {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        )
        stream.pointee.avail_in = UInt32(input.count)
    }

    func inflate(into room: UnsafeMutableRawBufferPointer) -> (status: Int32, written: Int) {
        stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(room.count)
        let status = CZlib.inflate(stream, Z_NO_FLUSH)
        return (status, room.count - Int(stream.pointee.avail_out))
    }
}

extension Compression {
    /// - Throws: ``ArchiveError/compressor(_:)``
    func makeDecompressor() throws(ArchiveError) -> (any Decompressor)? {
        switch self {
        case .zstd: try ZstdDecompressor()
        case .gzip: try GzipDecompressor()
        case .none: nil
        }
    }
}
