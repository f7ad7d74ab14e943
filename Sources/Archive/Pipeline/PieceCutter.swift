/// Gathers stretches of a large file until they fill a frame.
struct PieceCutter {
    let file: LargeFile
    private let frameSize: Int
    private var number = 0
    private var storedOffset: Int64 = 0
    private var mapText: [UInt8] = []
    private var extents: [Extent] = []
    private var length: Int64 = 0

    init(file: LargeFile, frameSize: Int) {
        self.file = file
        self.frameSize = frameSize
    }

    func isFull(mostExtents: Int) -> Bool { length >= Int64(frameSize) || extents.count >= mostExtents }

    /// Takes as much of a stretch as there is room for; returns the rest.
    mutating func add(_ extent: Extent) -> Extent {
        let taken = min(extent.length, Int64(frameSize) - length)
        if taken > 0 { extents.append(Extent(offset: extent.offset, length: taken)) }
        length += taken
        return Extent(offset: extent.offset + taken, length: extent.length - taken)
    }

    /// Puts the rest of the sparse map in front of the next piece's data.
    mutating func begin(mapText: [UInt8]) { self.mapText = mapText }

    /// A piece of nothing but a part of the sparse map.
    mutating func cut(mapText: [UInt8]) -> Piece {
        self.mapText = mapText
        return cut()
    }

    /// The stretches gathered so far.
    mutating func cut() -> Piece {
        let piece = Piece(
            file: file,
            number: number,
            mapText: mapText,
            extents: extents,
            storedOffset: storedOffset
        )
        number += 1
        storedOffset += Int64(mapText.count) + length
        mapText = []
        extents = []
        length = 0
        return piece
    }

    mutating func last() -> Piece {
        var piece = cut()
        piece.isLast = true
        return piece
    }
}
