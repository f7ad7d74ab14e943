import Glibc

/// The end of a stream: the manifest as its last member, and the end of the tar file.
///
/// A stream without them comes from a failed run.
struct StreamEnd: Sendable {
    static let memberName = "./.lvmbackup/manifest.json"

    let manifest: [UInt8]
    /// Seconds since 1970.
    let published: Double

    /// Blocks.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, ``ArchiveError/compressor(_:)``
    func write(to descriptor: Int32, _ compression: Compression) throws(ArchiveError) {
        blockBrokenPipeSignal()
        let tar = ByteBuffer(capacity: manifest.count + 4096)
        var header = UstarHeader()
        header.name = Array(Self.memberName.utf8)[...]
        header.length = Int64(manifest.count)
        header.modified = Int64(published)
        header.append(to: tar)
        let start = tar.count
        tar.append(manifest)
        tar.padToBlock(from: start)
        tar.appendZeros(2 * UstarHeader.size)
        let output = FileWriter(Descriptor(descriptor, isOwned: false), path: "the stream")
        guard let compressor = try compression.makeCompressor() else { return try output.write(tar.bytes) }
        let frame = ByteBuffer(capacity: tar.count)
        try compressor.compress(tar.bytes, into: frame)
        try output.write(frame.bytes)
    }
}
