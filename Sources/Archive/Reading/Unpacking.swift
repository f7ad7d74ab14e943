/// Goes through a tar file and gives its members to a sink, checked against the index where there is one.
struct Unpacking {
    /// The numbers of members and bytes that were read.
    struct Tally: Sendable, Equatable {
        var members = 0
        var files = 0
        /// Bytes of files, holes left out.
        var bytes: Int64 = 0
        /// Bytes of the archive file; of a stream they are not counted.
        var bytesRead: Int64 = 0
        /// The checksum of the archive file, where it was asked for.
        var digest: Digest?
        /// The manifest that a stream ends with.
        var manifest: [UInt8]?
    }

    /// A manifest is read into memory.
    private static let largestManifest: Int64 = 16 << 20

    let reader: TarReader
    let check: IndexCheck?
    let sink: any MemberSink
    /// Asked before each member whether it ends here.
    var isDone: () -> Bool = { false }
    /// Called now and then.
    ///
    /// - Throws: why the reading stops.
    var onProgress: (Tally) throws -> Void = { _ in }

    /// - Throws: ``ReadError``, and the errors of source and sink.
    func run() throws -> Tally {
        var tally = Tally()
        while !isDone(), let member = try reader.next() {
            try onProgress(tally)
            tally.members += 1
            if member.name.bytes == Array(StreamEnd.memberName.utf8) {
                tally.manifest = try manifest(member)
                continue
            }
            try sink.begin(member)
            let digest = member.kind == .file ? try content(of: member, &tally) : nil
            do { try check?.end(member, digest) } catch { throw reader.damaged(error.text) }
            try sink.end(member)
        }
        do { try check?.finish() } catch { throw reader.damaged(error.text) }
        try onProgress(tally)
        return tally
    }

    private func content(of member: TarMember, _ tally: inout Tally) throws -> Digest? {
        tally.files += 1
        let hasher = check.map { _ in Hasher128() }
        var position: Int64 = 0
        while let (offset, bytes) = try reader.nextContent() {
            try hasher?.updateZeros(offset - position) { try onProgress(tally) }
            hasher?.update(bytes)
            try sink.write(bytes, at: offset)
            position = offset + Int64(bytes.count)
            tally.bytes += Int64(bytes.count)
            try onProgress(tally)
        }
        try hasher?.updateZeros(member.size - position) { try onProgress(tally) }
        return hasher?.digest
    }

    private func manifest(_ member: TarMember) throws -> [UInt8] {
        guard member.kind == .file, member.size <= Self.largestManifest else {
            throw ReadError.refusedMember(member.name.description, why: "it is no manifest")
        }
        var bytes: [UInt8] = []
        while let (_, piece) = try reader.nextContent() { bytes += piece }
        return bytes
    }
}
