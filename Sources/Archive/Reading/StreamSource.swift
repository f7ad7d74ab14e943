import CZlib
import CZstd
import Glibc

/// The bytes of a tar file that comes as a stream, compressed by zstd, gzip or not at all.
final class StreamSource: TarSource {
    private static let blockSize = 1 << 20

    private let descriptor: Descriptor
    private let path: String
    private let check: () throws -> Void
    private let input = ByteBuffer(capacity: blockSize)
    private let output = ByteBuffer(capacity: blockSize)
    private var decoder: (any StreamDecoder)?
    private var isStarted = false
    /// Bytes read from the descriptor.
    private var offset: Int64 = 0

    /// - Parameters:
    ///   - path: for messages.
    ///   - check: called now and then, also while nothing comes; throws why the reading stops.
    init(_ descriptor: Descriptor, path: String, check: @escaping () throws -> Void = {}) {
        self.descriptor = descriptor
        self.path = path
        self.check = check
    }

    func damaged(_ why: String) -> ReadError { .damaged(path: path, offset: offset, why: why) }

    func next() throws -> UnsafeRawBufferPointer? {
        if !isStarted { try start() }
        guard let decoder else { return try nextPlain() }
        while true {
            let room = UnsafeMutableRawBufferPointer(start: output.base, count: Self.blockSize)
            let written = try decoder.decode(into: room, self)
            if written > 0 { return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<written]) }
            guard try fill() else {
                guard decoder.isBetweenFrames else { throw damaged("it ends too early") }
                return nil
            }
            decoder.setInput(input.bytes)
        }
    }

    /// Finds out by the first bytes how the stream is compressed.
    private func start() throws {
        isStarted = true
        guard try fill() else { return }
        let first = Array(input.bytes.prefix(4))
        if first == [0x28, 0xb5, 0x2f, 0xfd] {
            decoder = try ZstdStreamDecoder()
        } else if first.starts(with: [0x1f, 0x8b]) {
            decoder = try GzipStreamDecoder()
        }
        decoder?.setInput(input.bytes)
    }

    private var isFirstPlain = true

    private func nextPlain() throws -> UnsafeRawBufferPointer? {
        if isFirstPlain {
            isFirstPlain = false
            return input.bytes.isEmpty ? nil : input.bytes
        }
        return try fill() ? input.bytes : nil
    }

    /// Reads until the buffer is full or the stream ends: a pipe gives little at a time.
    private func fill() throws -> Bool {
        input.removeAll()
        while input.count < Self.blockSize {
            try awaitBytes()
            let got = Glibc.read(
                descriptor.number,
                input.reserve(Self.blockSize - input.count),
                Self.blockSize - input.count
            )
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw ArchiveError.unreadable(path: path, offset: offset, errno: errno) }
            if got == 0 { break }
            input.commit(got)
            offset += Int64(got)
        }
        return input.count > 0
    }

    /// The writer of a pipe may take any time: a signal must not wait for it.
    private func awaitBytes() throws {
        var waited = pollfd(fd: descriptor.number, events: Int16(POLLIN), revents: 0)
        // The read that follows reports an error.
        repeat { try check() } while poll(&waited, 1, 200) == 0
    }
}

/// The state of a decompression that goes on from one piece of input to the next.
private protocol StreamDecoder: AnyObject {
    /// Whether the input may end here.
    var isBetweenFrames: Bool { get }

    /// The input has to stay where it is until all of it was read.
    func setInput(_ bytes: UnsafeRawBufferPointer)

    /// - Returns: the number of bytes written; 0 where more input is needed.
    func decode(into room: UnsafeMutableRawBufferPointer, _ source: StreamSource) throws -> Int
}

private final class ZstdStreamDecoder: StreamDecoder {
    private let context: OpaquePointer
    private var input = ZSTD_inBuffer()
    private(set) var isBetweenFrames = true

    init() throws(ArchiveError) {
        guard let context = ZSTD_createDStream() else { throw .compressor("out of memory") }
        self.context = context
    }

    deinit { ZSTD_freeDStream(context) }

    func setInput(_ bytes: UnsafeRawBufferPointer) {
        input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
    }

    func decode(into room: UnsafeMutableRawBufferPointer, _ source: StreamSource) throws -> Int {
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        while output.pos == 0 {
            let before = input.pos
            if input.pos == input.size, isBetweenFrames { return 0 }
            let result = ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(result) == 0 else { throw source.damaged(String(cString: ZSTD_getErrorName(result))) }
            isBetweenFrames = result == 0
            if output.pos == 0, input.pos == input.size, before == input.pos || isBetweenFrames { return 0 }
        }
        return output.pos
    }
}

private final class GzipStreamDecoder: StreamDecoder {
    private let stream: InflateStream
    private(set) var isBetweenFrames = true

    init() throws(ArchiveError) { stream = try InflateStream() }

    func setInput(_ bytes: UnsafeRawBufferPointer) { stream.setInput(bytes) }

    func decode(into room: UnsafeMutableRawBufferPointer, _ source: StreamSource) throws -> Int {
        while true {
            if isBetweenFrames {
                guard stream.unread > 0 else { return 0 }
                stream.reset()
                isBetweenFrames = false
            }
            let (status, written) = stream.inflate(into: room)
            switch status {
            case Z_STREAM_END: isBetweenFrames = true
            case Z_OK: break
            case Z_BUF_ERROR where written == 0: return 0
            default: throw source.damaged("zlib status \(status)")
            }
            if written > 0 { return written }
            if stream.unread == 0 { return 0 }
        }
    }
}
