import Glibc
import Lifecycle

/// Compares every byte of a set with its checksums.
package struct SetVerification: Sendable {
    private let files: SetFiles
    private let threads: Int?
    private let onProgress: @Sendable (Int64) -> Void

    /// - Parameters:
    ///   - threads: nil for one for each core.
    ///   - onProgress: told of the bytes checked so far, often.
    package init(_ files: SetFiles, threads: Int?, onProgress: @escaping @Sendable (Int64) -> Void = { _ in }) {
        self.files = files
        self.threads = threads
        self.onProgress = onProgress
    }

    /// Checks the files of the set against the manifest, the frames and members of the archive against the index.
    ///
    /// - Returns: the number of files and their bytes, holes left out.
    /// - Throws: ``ReadError/damaged(path:offset:why:)`` for the first damage, ``ArchiveError``, CancellationError
    package func run() async throws -> (files: Int, bytes: Int64) {
        let files = files
        var reading = SetReading(files, threads: threads)
        // The archive may be larger than the memory: it is read once.
        reading.hashesArchive = true
        let tally = try await reading.run(
            into: { _ in NoSink() },
            beside: [{ try files.checkParts($0) }],
            onProgress: { [onProgress] in onProgress($0.bytes) }
        )
        let name = files.compression.fileName
        try files.compare(tally.digest, with: files.part(name)?.xxh3, of: name)
        if let members = files.manifest.archive?.members, members != tally.members {
            throw ReadError.damaged(
                path: files.path + "/" + ManifestFile.name,
                offset: nil,
                why: "it counts \(members) members, the archive has \(tally.members)"
            )
        }
        return (tally.files, tally.bytes)
    }
}

extension SetFiles {
    /// Compares each file that the manifest lists with its checksum, but the archive.
    ///
    /// Blocks.
    fileprivate func checkParts(_ check: SetReading.Check) throws {
        for part in manifest.archive?.parts ?? [] where part.name != compression.fileName {
            let descriptor = try directory.open(part.name)
            let hasher = Hasher128()
            let buffer = ByteBuffer(capacity: 1 << 20)
            var offset: Int64 = 0
            while true {
                try check()
                let got = pread(descriptor.number, buffer.base, buffer.capacity, off_t(offset))
                if got < 0, errno == EINTR { continue }
                let path = path + "/" + part.name
                guard got >= 0 else { throw ArchiveError.unreadable(path: path, offset: offset, errno: errno) }
                if got == 0 { break }
                hasher.update(UnsafeRawBufferPointer(start: buffer.base, count: got))
                offset += Int64(got)
            }
            try compare(hasher.digest, with: part.xxh3, of: part.name)
        }
    }

    /// - Throws: ``ReadError/damaged(path:offset:why:)`` where a file has another checksum than in the manifest.
    fileprivate func compare(_ digest: Digest?, with expected: String?, of name: String) throws {
        guard let digest, "\(digest)" == expected else {
            let why = "its checksum is not the one in the manifest"
            throw ReadError.damaged(path: path + "/" + name, offset: nil, why: why)
        }
    }
}
