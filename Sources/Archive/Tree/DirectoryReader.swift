import Glibc

/// An open directory, read in batches: memory does not grow with the number of its entries.
final class DirectoryReader {
    /// Enough to put neighbours on the disk next to each other, little enough to keep.
    private static let batchSize = 4096

    private let handle: OpaquePointer
    let path: RawPath

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(_ path: RawPath) throws(ArchiveError) {
        guard let handle = path.withCString({ opendir($0) }) else {
            throw .unreadable(path: path.description, offset: nil, errno: errno)
        }
        self.handle = handle
        self.path = path
    }

    deinit { closedir(handle) }

    /// Some more names, in the order of their inodes; empty at the end.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func nextBatch() throws(ArchiveError) -> [[UInt8]] {
        var batch: [(inode: UInt64, name: [UInt8])] = []
        while batch.count < Self.batchSize {
            errno = 0
            guard let entry = readdir(handle) else {
                guard errno == 0 else { throw .unreadable(path: path.description, offset: nil, errno: errno) }
                break
            }
            let name = Self.name(of: entry)
            if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] {
                batch.append((UInt64(entry.pointee.d_ino), name))
            }
        }
        return batch.sorted { $0.inode < $1.inode }.map(\.name)
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        withUnsafeBytes(of: &entry.pointee.d_name) { field in
            Array(field.prefix { $0 != 0 })
        }
    }
}
