import Glibc

/// Reads, checksums and compresses one job after the other, on a thread of its own.
final class Worker {
    private let pipeline: Pipeline
    private let compressor: (any Compressor)?
    private let reader: FileReader
    private let input: ByteBuffer

    /// - Throws: ``ArchiveError/compressor(_:)``
    init(_ pipeline: Pipeline, _ compression: Compression, frameSize: Int, reader: FileReader) throws(ArchiveError) {
        self.pipeline = pipeline
        self.reader = reader
        compressor = try compression.makeCompressor()
        input = ByteBuffer(capacity: compressor == nil ? 0 : frameSize + frameSize / 8)
    }

    /// - Throws: the error of reading, or the reason why the pipeline stops.
    func run() throws {
        while let (number, frame) = try takeAndFill() {
            try compress(into: frame)
            pipeline.finish(number, frame)
        }
    }

    /// Leaves the job, and with it the open file, behind before the long work begins.
    private func takeAndFill() throws -> (number: Int, frame: Frame)? {
        guard let (job, frame) = try pipeline.take() else { return nil }
        // Data that is not compressed is read straight into the frame.
        let target = compressor == nil ? frame.output : input
        target.removeAll()
        switch job.content {
        case .members(let entries): try fill(target, entries, job.number, frame)
        case .piece(let piece): try fill(target, piece, frame)
        case .end: target.appendZeros(2 * UstarHeader.size)
        }
        frame.inputLength = target.count
        return (job.number, frame)
    }

    private func compress(into frame: Frame) throws(ArchiveError) {
        try compressor?.compress(input.bytes, into: frame.output)
        frame.digest = Hasher128.digest(of: frame.output.bytes)
    }

    // MARK: Whole members

    private func fill(_ target: ByteBuffer, _ entries: [Entry], _ number: Int, _ frame: Frame) throws {
        var ahead = ReadAhead(entries)
        for (index, entry) in entries.enumerated() {
            try pipeline.checkRunning()
            let offset = target.count
            let opened = entry.kind == .file ? try ahead.open(index) : nil
            let content = try reader.append(entry, opened, to: target)
            frame.sourceBytes += content.bytes
            let record = MemberRecord(
                name: entry.name,
                kind: entry.kind,
                size: entry.size,
                frame: number,
                offset: offset,
                digest: content.digest
            )
            frame.members.append(record)
        }
    }

    // MARK: Pieces of large files

    private func fill(_ target: ByteBuffer, _ piece: Piece, _ frame: Frame) throws {
        do {
            try fillPiece(target, piece, frame)
        } catch {
            // The reason is stored first. The threads that wait for this piece would otherwise report a lesser one.
            pipeline.fail(error)
            piece.file.abandon()
            throw error
        }
    }

    private func fillPiece(_ target: ByteBuffer, _ piece: Piece, _ frame: Frame) throws {
        let file = piece.file
        if piece.number == 0 {
            try reader.appendHeader(of: file, to: target)
        } else {
            frame.continues = piece.storedOffset
        }
        target.append(piece.mapText)
        let start = target.count
        reader.readAhead(behind: piece)
        for extent in piece.extents { try reader.append(extent, of: file.descriptor, file.entry.source, to: target) }
        frame.sourceBytes = Int64(target.count - start)
        let data = UnsafeRawBufferPointer(rebasing: target.bytes[start...])
        guard try file.hash(piece, data, check: pipeline.checkRunning) else { throw CancellationError() }
        guard piece.isLast else { return }
        target.appendZeros(Int((512 - file.storedLength % 512) % 512))
        try reader.checkUnchanged(file.entry, file.descriptor)
        let record = MemberRecord(
            name: file.entry.name,
            kind: .file,
            size: file.entry.size,
            frame: file.firstFrame,
            offset: 0,
            digest: try file.digest(check: pipeline.checkRunning)
        )
        frame.members.append(record)
    }
}
