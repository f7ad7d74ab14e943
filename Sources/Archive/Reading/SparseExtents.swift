/// The stretches of data of a file with holes, as they come out of an archive, checked and ready to be filled in order.
struct SparseExtents {
    /// 256 MiB of memory, for a file of 256 GiB with a hole in every page of 16 KiB.
    static let mostExtents = 16 << 20

    private var extents: [Extent] = []
    private var next = 0
    private(set) var dataLength: Int64 = 0
    private var end: Int64 = 0

    /// - Returns: false where the stretch overlaps the one before it or does not lie in the file.
    mutating func add(_ extent: Extent, fileSize: Int64) -> Bool {
        guard extent.offset >= end, extent.length >= 0, extent.offset <= fileSize,
            extent.length <= fileSize - extent.offset
        else { return false }
        end = extent.end
        dataLength += extent.length
        if extent.length > 0 { extents.append(extent) }
        return true
    }

    var isFull: Bool { extents.count >= Self.mostExtents }

    /// The place of the next byte of data, and how many follow it without a hole; nil behind the last.
    var current: Extent? { next < extents.count ? extents[next] : nil }

    mutating func fill(_ count: Int64) {
        extents[next].offset += count
        extents[next].length -= count
        if extents[next].length == 0 { next += 1 }
    }
}
