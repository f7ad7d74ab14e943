internal import Host

/// The modes and times of restored directories, which are set when their members are all there.
///
/// They are kept in the file that marks an incomplete restore, not in memory: an archive may have a million directories.
final class DirectoryLedger {
    private static let bufferSize = 65_536
    /// The kernel's PATH_MAX: a directory that was made has no longer one.
    private static let longestName: Int64 = 4096

    private let file: HeldFile
    private let start: UInt64
    private var end: UInt64
    private var buffer: [UInt8] = []

    /// - Parameter start: the first byte of the file that is free.
    init(_ file: HeldFile, start: UInt64) {
        self.file = file
        self.start = start
        end = start
    }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func add(_ place: MemberPath, mode: UInt32, modified: FileTime) throws(ArchiveError) {
        let name = place.fileName.bytes
        for number in [Int64(mode), modified.seconds, modified.nanoseconds, Int64(name.count)] {
            withUnsafeBytes(of: number.littleEndian) { buffer += $0 }
        }
        buffer += name
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Gives all of them to `body`, in the order in which they came.
    ///
    /// - Throws: ``ArchiveError``, and the error of `body`.
    func visit(_ body: (FileName, UInt32, FileTime) throws -> Void) throws {
        try flush()
        var offset = start
        while offset < end {
            let missing = ArchiveError.missing("the list of directories in \"\(file.path)\"")
            let head = try ArchiveError.reading { try file.read(from: offset, count: 32) }
            guard head.count == 32 else { throw missing }
            let numbers = stride(from: 0, to: 32, by: 8).map { place in
                head[place..<(place + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }.map { Int64(bitPattern: $0) }
            guard let mode = UInt32(exactly: numbers[0]), 0...Self.longestName ~= numbers[3] else { throw missing }
            let name = try ArchiveError.reading { try file.read(from: offset + 32, count: Int(numbers[3])) }
            guard name.count == numbers[3] else { throw missing }
            try body(FileName(bytes: name), mode, FileTime(seconds: numbers[1], nanoseconds: numbers[2]))
            offset += 32 + UInt64(numbers[3])
        }
    }

    private func flush() throws(ArchiveError) {
        try ArchiveError.writing { try file.write(buffer, at: end) }
        end += UInt64(buffer.count)
        buffer.removeAll(keepingCapacity: true)
    }
}
