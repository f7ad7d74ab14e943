/// How an archive is compressed.
package enum Compression: Equatable, Sendable, CustomStringConvertible {
    /// Independent frames in a row; levels 1…19.
    case zstd(level: Int)
    /// Members in a row; levels 1…9.
    case gzip(level: Int)
    case none

    /// Fast enough that the backup does not wait for it.
    package static let standard = Compression.zstd(level: 1)

    /// - Parameter text: "zstd", "gzip" or "none", a level behind a colon.
    /// - Throws: ``ArchiveError/badCompression(_:)``
    package init(_ text: String) throws(ArchiveError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let level = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 || (parts.count == 2 && level != nil) else { throw .badCompression(text) }
        switch (parts[0], level) {
        case ("zstd", nil): self = .standard
        case ("zstd", let level?) where 1...19 ~= level: self = .zstd(level: level)
        case ("gzip", nil): self = .gzip(level: 6)
        case ("gzip", let level?) where 1...9 ~= level: self = .gzip(level: level)
        case ("none", nil): self = .none
        default: throw .badCompression(text)
        }
    }

    package var description: String {
        switch self {
        case .zstd(let level): "zstd:\(level)"
        case .gzip(let level): "gzip:\(level)"
        case .none: "none"
        }
    }

    /// The name of the archive in a backup set.
    package var fileName: String {
        switch self {
        case .zstd: "data.tar.zst"
        case .gzip: "data.tar.gz"
        case .none: "data.tar"
        }
    }

    func makeCompressor() throws(ArchiveError) -> (any Compressor)? {
        switch self {
        case .zstd(let level): try ZstdCompressor(level: level)
        case .gzip(let level): try GzipCompressor(level: level)
        case .none: nil
        }
    }
}

/// Turns the bytes of a frame into a whole, independent unit of the archive; belongs to one thread.
protocol Compressor: AnyObject {
    /// - Throws: ``ArchiveError/compressor(_:)``
    func compress(_ input: UnsafeRawBufferPointer, into output: ByteBuffer) throws(ArchiveError)
}
