import Glibc

/// The result of a worker for a frame of the archive.
// @unchecked: one thread at a time; handed on under the pipeline's monitor.
final class ReadFrame: PooledFrame, @unchecked Sendable {
    /// A part of the tar file.
    let bytes = ByteBuffer(capacity: 65_536)
    /// The part of the archive that became ``bytes``; empty where nothing is compressed, or it is not asked for.
    let packed = ByteBuffer(capacity: 65_536)
    var index: IndexedFrame?

    /// As the archive file has it.
    var stored: UnsafeRawBufferPointer { packed.count > 0 ? packed.bytes : bytes.bytes }

    func reset() {
        bytes.removeAll()
        packed.removeAll()
        index = nil
    }
}

/// Reads, checks and decompresses the frames of an archive with several threads, and gives them in order.
final class FrameSource: TarSource {
    private let work: OrderedWork<IndexedFrame, ReadFrame>
    private let path: String
    private var current: ReadFrame?
    /// The bytes of a run's first frame, until they are given.
    private var first: UnsafeRawBufferPointer?
    private let hasher: Hasher128?
    /// Gets each frame before its bytes are given.
    var onFrame: (IndexedFrame) throws -> Void = { _ in }

    /// - Parameter isHashed: whether ``digest`` is asked for.
    init(_ work: OrderedWork<IndexedFrame, ReadFrame>, path: String, isHashed: Bool = false) {
        self.work = work
        self.path = path
        hasher = isHashed ? Hasher128() : nil
    }

    /// The checksum of the archive file up to the frame that was read last.
    var digest: Digest? { hasher?.digest }

    /// Whether the frame that was read last is the last of its run.
    var isAtEndOfRun: Bool { current?.index?.isLastOfRun ?? false }

    /// Goes to the next run of frames, and gives its first one; nil behind the last run.
    ///
    /// ``next()`` gives no more than the run.
    func beginRun() throws -> IndexedFrame? {
        guard let bytes = try load() else { return nil }
        first = bytes
        return current?.index
    }

    func next() throws -> UnsafeRawBufferPointer? {
        if let first {
            self.first = nil
            return first
        }
        return isAtEndOfRun ? nil : try load()
    }

    private func load() throws -> UnsafeRawBufferPointer? {
        if let current { work.recycle(current) }
        current = nil
        guard let frame = try work.nextFrame() else { return nil }
        current = frame
        hasher?.update(frame.stored)
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
    /// Counts the bytes that were read.
    let bytesRead: Monitor<Int64>
    /// Whether the results have the bytes as the archive has them, which takes memory.
    let keepsPacked: Bool

    /// - Throws: the first damage or read error.
    func run() throws {
        let decompressor = try compression.makeDecompressor()
        let input = ByteBuffer(capacity: keepsPacked ? 0 : 65_536)
        while let (job, frame) = try work.take() {
            let packed = decompressor == nil ? frame.bytes : keepsPacked ? frame.packed : input
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
            work.finish(job.turn, frame)
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
        bytesRead.change { $0 += Int64(filled) }
    }

    private func damaged(_ job: IndexedFrame, _ why: String) -> ReadError {
        .damaged(path: path, offset: job.offset, why: "frame \(job.number): \(why)")
    }
}
