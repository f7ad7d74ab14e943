/// A file that spans several frames, shared by the workers that read its pieces.
final class LargeFile: Sendable {
    private struct Turn: Sendable {
        var piece = 0
        var isBroken = false
        /// Up to which byte of the file the checksum has come.
        var position: Int64 = 0
    }

    let entry: Entry
    let descriptor: Descriptor
    /// Nil where the file has no hole.
    let map: SparseMap?
    /// The frame that holds the header.
    let firstFrame: Int
    private let turn = Monitor(Turn())
    private let hasher = Hasher128()

    init(entry: Entry, descriptor: Descriptor, map: SparseMap?, firstFrame: Int) {
        self.entry = entry
        self.descriptor = descriptor
        self.map = map
        self.firstFrame = firstFrame
    }

    /// Bytes that the member has in the archive, without header and padding.
    var storedLength: Int64 { map?.storedLength ?? entry.size }

    /// Adds a piece's data to the file's checksum, once the pieces before it have been added.
    ///
    /// Pieces are taken in order, and each worker reads its piece before it calls this. An awaited worker is therefore
    /// reading. The checksum is that of the whole file, as any tool computes it, and the workers stay busy.
    ///
    /// - Parameter check: called now and then.
    /// - Returns: false where a piece before this one could not be read.
    /// - Throws: the error of `check`.
    func hash(_ piece: Piece, _ data: UnsafeRawBufferPointer, check: () throws -> Void) throws -> Bool {
        try turn.wait(
            until: { $0.piece == piece.number || $0.isBroken },
            then: { turn in
                guard !turn.isBroken else { return false }
                try add(piece.extents, data, &turn, check)
                turn.piece += 1
                return true
            }
        )
    }

    private func add(
        _ extents: [Extent],
        _ data: UnsafeRawBufferPointer,
        _ turn: inout Turn,
        _ check: () throws -> Void
    ) throws {
        var rest = data
        for extent in extents {
            try hasher.updateZeros(extent.offset - turn.position, check: check)
            hasher.update(UnsafeRawBufferPointer(rebasing: rest.prefix(Int(extent.length))))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(Int(extent.length)))
            turn.position = extent.end
        }
    }

    /// The checksum; to be asked for after the last piece was added.
    ///
    /// - Throws: the error of `check`, which is called now and then.
    func digest(check: () throws -> Void) throws -> Digest {
        try turn.change { turn in
            try hasher.updateZeros(entry.size - turn.position, check: check)
            turn.position = entry.size
            return hasher.digest
        }
    }

    /// Releases the threads that wait for a piece that will never come.
    func abandon() { turn.change { $0.isBroken = true } }
}

/// The part of a large file in one frame.
struct Piece: Sendable {
    let file: LargeFile
    /// Counts from 0.
    let number: Int
    /// Part of the sparse map, which stands between the header and the data.
    var mapText: [UInt8] = []
    var extents: [Extent] = []
    /// Bytes of the member, map and data, that the frames before this one hold.
    var storedOffset: Int64
    var isLast = false

    var dataLength: Int { extents.reduce(0) { $0 + Int($1.length) } }
}
