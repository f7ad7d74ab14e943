import Glibc

/// The result of a worker for a frame of the archive.
// @unchecked: one thread at a time; handed on under the pipeline's monitor.
final class ReadFrame: PooledFrame, @unchecked Sendable {
    /// A part of the tar file.
    let bytes = ByteBuffer(capacity: 65_536)
    var index: IndexedFrame?

    func reset() {
        bytes.removeAll()
        index = nil
    }
}

/// Reads, checks and decompresses the frames of an archive with several threads, and gives them in order.
final class FrameSource: TarSource {
    private let work: OrderedWork<IndexedFrame, ReadFrame>
    private let path: String
    private var current: ReadFrame?
    /// Gets each frame before its bytes are given.
    var onFrame: (IndexedFrame) throws -> Void = { _ in }

    init(_ work: OrderedWork<IndexedFrame, ReadFrame>, path: String) {
        self.work = work
        self.path = path
    }

    func next() throws -> UnsafeRawBufferPointer? {
        if let current { work.recycle(current) }
        current = nil
        guard let frame = try work.nextFrame() else { return nil }
        current = frame
        if let index = frame.index { try onFrame(index) }
        return frame.bytes.bytes
    }

    func damaged(_ why: String) -> ReadError {
        let frame = current?.index
        let place = frame.map { "frame \($0.number): " } ?? ""
        return .damaged(path: path, offset: frame?.offset, why: place + why)
    }
}

/// Does the jobs of a ``FrameSource``, on a thread of its own.
struct FrameReader: Sendable {
    let work: OrderedWork<IndexedFrame, ReadFrame>
    let archive: Descriptor
    let path: String
    let compression: Compression

    /// - Throws: the first damage or read error.
    func run() throws {
        let decompressor = try compression.makeDecompressor()
        let input = ByteBuffer(capacity: 65_536)
        while let (job, frame) = try work.take() {
            let packed = decompressor == nil ? frame.bytes : input
            packed.removeAll()
            try read(job, into: packed)
            guard "\(Hasher128.digest(of: packed.bytes))" == job.digest else {
                throw damaged(job, "its checksum is not the one in the index")
            }
            if let why = decompressor?.decompress(packed.bytes, into: frame.bytes, size: job.size) {
                throw damaged(job, why)
            }
            guard frame.bytes.count == job.size else { throw damaged(job, "its size is not the one in the index") }
            frame.index = job
            work.finish(job.number, frame)
        }
    }

    private func read(_ job: IndexedFrame, into buffer: ByteBuffer) throws {
        let room = buffer.reserve(job.length)
        var filled = 0
        while filled < job.length {
            let got = pread(archive.number, room + filled, job.length - filled, off_t(job.offset) + off_t(filled))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw ArchiveError.unreadable(path: path, offset: job.offset, errno: errno) }
            guard got > 0 else { throw damaged(job, "the file ends in it") }
            filled += got
        }
        buffer.commit(filled)
    }

    private func damaged(_ job: IndexedFrame, _ why: String) -> ReadError {
        .damaged(path: path, offset: job.offset, why: "frame \(job.number): \(why)")
    }
}
