import Glibc
internal import Host

/// The files that an interrupted restore of the same set has written whole.
struct FinishedFiles: Sendable {
    /// A file that was compared.
    ///
    /// Its name may lead to another file later: the target may belong to another user.
    ///
    /// A tree may have a million: 16 bytes each.
    struct Compared {
        let inode: UInt64
        let uid: UInt32
        fileprivate let number: UInt32
    }

    /// In the order of their numbers.
    private var compared: [Compared] = []
    /// Of all files: those on another one are written again.
    private var device: DeviceNumber?
    var count: Int { compared.count }

    static let none = FinishedFiles()

    private init() {}

    /// Compares the files of a target with the index by size and checksum.
    ///
    /// - Parameter check: called now and then.
    /// - Throws: ``ReadError``, ``ArchiveError``, the error of `check`.
    init(of files: SetFiles, in tree: TargetTree, check: () throws -> Void) throws {
        let index = try files.indexReader()
        let device = try ArchiveError.reading { try tree.root.status() }.identity.device
        self.device = device
        var number: UInt32 = 0
        while let frame = try index.nextFrame() {
            for member in frame.members {
                if member.kind == "file", let found = try Self.finished(member, in: tree, check), found.device == device
                {
                    compared.append(Compared(inode: found.inode, uid: found.uid, number: number))
                }
                guard number < .max else { return }
                number += 1
            }
        }
    }

    /// The file of a member as it was compared; nil for a member that has to be written.
    func file(_ number: Int) -> Compared? {
        var (low, high) = (0, compared.count)
        while low < high {
            let middle = (low + high) / 2
            if compared[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < compared.count && compared[low].number == number ? compared[low] : nil
    }

    /// Whether an open file is one that was compared.
    func isSame(_ file: FileIdentity, as compared: Compared) -> Bool {
        file.device == device && file.inode == compared.inode
    }

    private static func finished(
        _ member: IndexedMember,
        in tree: TargetTree,
        _ check: () throws -> Void
    ) throws -> FileIdentity? {
        try check()
        let place = try MemberPath(RawPath(bytes: member.name))
        guard !place.isTarget, let digest = member.digest else { return nil }
        let waiting = LastNames.waits(place) ? LastNames.waiting(place.last) : place.last
        let name = FileName(bytes: (place.parent.isTarget ? [] : place.parent.fileName.bytes + [0x2f]) + waiting.bytes)
        guard let status = try ArchiveError.reading({ try existing(name, in: tree) }), status.isRegular,
            status.size == UInt64(clamping: member.size), status.linkCount == 1
        else { return nil }
        let file = try ArchiveError.reading { try tree.root.file(name) }
        guard try "\(self.digest(of: file, check))" == digest else { return nil }
        return try ArchiveError.reading { try file.status() }.identity
    }

    /// Nil also where a directory above it is missing, or is a link.
    private static func existing(_ name: FileName, in tree: TargetTree) throws -> Host.FileStatus? {
        do { return try tree.root.status(of: name) } catch HostError.systemCall(_, _, let errno)
            where errno == ENOTDIR || errno == ELOOP
        { return nil }
    }

    private static func digest(of file: HeldFile, _ check: () throws -> Void) throws -> Digest {
        let hasher = Hasher128()
        let buffer = ByteBuffer(capacity: 1 << 20)
        var offset: Int64 = 0
        while true {
            try check()
            let got = pread(file.number, buffer.base, 1 << 20, off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw ArchiveError.unreadable(path: file.path, offset: offset, errno: errno) }
            if got == 0 { return hasher.digest }
            hasher.update(UnsafeRawBufferPointer(start: buffer.base, count: got))
            offset += Int64(got)
        }
    }
}
