import Glibc

/// Reads files into tar members.
struct FileReader: Sendable {
    /// Bytes behind a piece that are read ahead: two more pieces of the usual size.
    private static let distance = 8 << 20

    /// Whether pages that were read are dropped from the page cache, which is the live server's.
    let dropsBehind: Bool

    struct Content {
        /// Bytes read.
        var bytes: Int64 = 0
        var digest: Digest?
    }

    /// Appends a member that fits one frame.
    ///
    /// - Parameter descriptor: the open file; nil for a member that is no file.
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``, ``ArchiveError/changed(path:how:)``
    func append(_ entry: Entry, _ descriptor: Descriptor?, to target: ByteBuffer) throws -> Content {
        let attributes = try attributes(of: entry)
        guard let descriptor else {
            MemberHeader(entry: entry, attributes: attributes, storedLength: 0, isSparse: false).append(to: target)
            return Content()
        }
        if entry.status.mayHaveHoles {
            let map = try SparseMap(descriptor, path: entry.source, size: entry.size)
            if map.hasHoles { return try append(entry, attributes, map, to: target) }
        }
        MemberHeader(entry: entry, attributes: attributes, storedLength: entry.size, isSparse: false).append(to: target)
        let start = target.count
        try append(Extent(offset: 0, length: entry.size), of: descriptor, entry.source, to: target)
        let digest = Hasher128.digest(of: UnsafeRawBufferPointer(rebasing: target.bytes[start...]))
        target.padToBlock(from: start)
        try checkUnchanged(entry, descriptor)
        return Content(bytes: entry.size, digest: digest)
    }

    /// Appends the header of a file that spans frames.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func appendHeader(of file: LargeFile, to target: ByteBuffer) throws(ArchiveError) {
        let attributes = try attributes(of: file.entry)
        let header = MemberHeader(
            entry: file.entry,
            attributes: attributes,
            storedLength: file.storedLength,
            isSparse: file.map != nil
        )
        header.append(to: target)
    }

    /// Appends a stretch of a file.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``, ``ArchiveError/changed(path:how:)`` where the file
    ///   ends earlier.
    func append(
        _ extent: Extent,
        of descriptor: Descriptor,
        _ path: RawPath,
        to target: ByteBuffer
    ) throws(ArchiveError) {
        let room = target.reserve(Int(extent.length))
        var done = 0
        while done < Int(extent.length) {
            let offset = extent.offset + Int64(done)
            let length = pread(descriptor.number, room + done, Int(extent.length) - done, off_t(offset))
            if length < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path.description, offset: offset, errno: errno)
            }
            guard length > 0 else {
                throw .changed(path: path.description, how: "shrank to \(offset) bytes")
            }
            done += length
        }
        target.commit(done)
        guard dropsBehind else { return }
        posix_fadvise(descriptor.number, off_t(extent.offset), off_t(extent.length), POSIX_FADV_DONTNEED)
    }

    /// Lets the disk read what follows a piece while the piece is compressed.
    ///
    /// The kernel's own read-ahead ends behind each piece, as another thread reads the next one.
    func readAhead(behind piece: Piece) {
        guard let end = piece.extents.last?.end, end < piece.file.entry.size else { return }
        posix_fadvise(piece.file.descriptor.number, off_t(end), off_t(Self.distance), POSIX_FADV_WILLNEED)
    }

    /// - Throws: ``ArchiveError/changed(path:how:)`` where the file has changed since the walk met it.
    func checkUnchanged(_ entry: Entry, _ descriptor: Descriptor) throws(ArchiveError) {
        let now = try FileStatus(of: descriptor, path: entry.source)
        if let how = entry.status.difference(to: now) {
            throw .changed(path: entry.source.description, how: how)
        }
    }

    private func append(
        _ entry: Entry,
        _ attributes: ExtendedAttributes?,
        _ map: SparseMap,
        to target: ByteBuffer
    ) throws -> Content {
        MemberHeader(entry: entry, attributes: attributes, storedLength: map.storedLength, isSparse: true)
            .append(to: target)
        let start = target.count
        target.append(SparseText.line(Int64(map.count)))
        try map.visit { target.append(SparseText.line($0.offset) + SparseText.line($0.length)) }
        target.padToBlock(from: start)
        let hasher = Hasher128()
        var position: Int64 = 0
        try map.visit { extent in
            let place = target.count
            try append(extent, of: map.descriptor, entry.source, to: target)
            try hasher.updateZeros(extent.offset - position)
            hasher.update(UnsafeRawBufferPointer(rebasing: target.bytes[place...]))
            position = extent.end
        }
        try hasher.updateZeros(entry.size - position)
        target.padToBlock(from: start)
        try checkUnchanged(entry, map.descriptor)
        return Content(bytes: map.dataLength, digest: hasher.digest)
    }

    private func attributes(of entry: Entry) throws(ArchiveError) -> ExtendedAttributes? {
        // Another name of a file shares its inode, whose attributes are in the archive already.
        if case .hardLink = entry.kind { return nil }
        return try ExtendedAttributes(of: entry.source)
    }
}
