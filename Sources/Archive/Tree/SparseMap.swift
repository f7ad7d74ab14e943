/// Where the data of a file with holes lies, as GNU's sparse format 1.0 stores it in front of the data.
///
/// A file of a terabyte with a hole in every page has a hundred million stretches. The kept part is bounded, and a
/// longer map is read from the file system again whenever it is needed.
struct SparseMap: Sendable {
    /// 1 MiB of memory.
    private static let keptExtents = 65_536

    let descriptor: Descriptor
    let path: RawPath
    /// Bytes, holes included.
    let size: Int64
    /// Bytes of data.
    private(set) var dataLength: Int64 = 0
    /// Bytes of the map as text, filled up to whole tar blocks.
    private(set) var textLength: Int64 = 0
    private(set) var count = 0
    private var endsInHole = true
    private var kept: [Extent]? = []

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(_ descriptor: Descriptor, path: RawPath, size: Int64) throws(ArchiveError) {
        self.descriptor = descriptor
        self.path = path
        self.size = size
        var scan = ExtentScan(descriptor, path: path, size: size)
        while let extent = try scan.next() {
            note(extent)
            endsInHole = extent.end < size
        }
        if endsInHole { note(Extent(offset: size, length: 0)) }
        textLength += Int64(SparseText.line(Int64(count)).count)
        textLength += (512 - textLength % 512) % 512
    }

    /// Whether there is a hole at all.
    var hasHoles: Bool { dataLength < size }

    /// Bytes that the member has in the archive: map and data.
    var storedLength: Int64 { textLength + dataLength }

    /// Gives every stretch to `body`, in order; one of no length at the end of the file marks a last hole.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``, and the error of `body`.
    func visit(_ body: (Extent) throws -> Void) throws {
        if let kept {
            for extent in kept { try body(extent) }
            return
        }
        var scan = ExtentScan(descriptor, path: path, size: size)
        while let extent = try scan.next() { try body(extent) }
        if endsInHole { try body(Extent(offset: size, length: 0)) }
    }

    private mutating func note(_ extent: Extent) {
        count += 1
        dataLength += extent.length
        textLength += Int64(SparseText.line(extent.offset).count + SparseText.line(extent.length).count)
        kept?.append(extent)
        if let number = kept?.count, number > Self.keptExtents { kept = nil }
    }
}

/// The notation of a sparse map: decimal numbers, one a line.
enum SparseText {
    static func line(_ number: Int64) -> [UInt8] { Array(String(number).utf8) + [UInt8(ascii: "\n")] }
}
