import Glibc

/// A frame as the index describes it, with the members that end in it.
struct IndexedFrame: Sendable {
    var number: Int
    /// Bytes in the archive file.
    var offset: Int64
    var length: Int
    /// Bytes before compression.
    var size: Int
    var digest: String
    /// Where the frame starts in the tar file.
    var start: Int64
    var members: [IndexedMember] = []
    /// The number of members that end in the frames before.
    var membersBefore = 0
    /// Its place among the frames that are read.
    var turn = 0
    /// Whether the frame behind it is not read.
    var isLastOfRun = false
}

/// A member as the index describes it.
struct IndexedMember: Sendable {
    var name: [UInt8]
    /// As ``Entry/Kind/word`` spells it.
    var kind: String
    var size: Int64
    /// The frame in which its header starts, and where in the tar file.
    var firstFrame: Int
    var start: Int64
    var target: [UInt8]?
    var digest: String?
}

/// Reads `index.jsonl`, frame by frame; see ``IndexWriter`` for the format.
///
/// Belongs to one thread, and blocks.
///
/// Everything that a manipulated index could use up is limited: the length of a line, the members and bytes of a frame.
final class IndexReader {
    private static let longestLine = 65_536
    /// The writer puts 512 members into a frame.
    private static let mostMembers = 4096
    /// Bytes of their names and targets: the kernel's PATH_MAX each for the writer's members.
    private static let mostNames = 8 << 20
    /// The writer's frames have about 4 MiB, and some more for attributes.
    private static let largestFrame: Int64 = 64 << 20
    /// Bytes that are read at a time.
    private static let blockSize = 131_072

    private let read: (UnsafeMutableRawBufferPointer) throws -> Int
    private let path: String
    private let hasher = Hasher128()
    private var buffer: [UInt8] = []
    private var position = 0
    private var line: Int64 = 0
    private var frame: IndexedFrame?
    /// Bytes of names that the frame's members may still have.
    private var namesLeft = mostNames
    /// The frame that the member now being written began in.
    private var open: (number: Int, start: Int64)?
    private var number = 0
    private var membersBefore = 0
    private var offset: Int64 = 0
    private var start: Int64 = 0
    private(set) var length: Int64 = 0

    /// - Parameters:
    ///   - path: for messages.
    ///   - read: fills a buffer; answers the number of bytes, 0 at the end.
    /// - Throws: ``ReadError/damaged(path:offset:why:)`` where it is no index of a version that this program reads.
    init(path: String, read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        self.path = path
        self.read = read
        guard let head = try nextObject(), head.text("format") == Array("lvmbackup index".utf8) else {
            throw damaged("it does not start as an index")
        }
        guard head.number("version") == 1 else { throw damaged("its version is not 1") }
    }

    /// The checksum of the bytes read so far; after the last frame, that of the file.
    var digest: Digest { hasher.digest }

    /// The next frame; nil behind the last.
    ///
    /// - Throws: ``ReadError/damaged(path:offset:why:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    func nextFrame() throws -> IndexedFrame? {
        while let object = try nextObject() {
            if object.text("format") != nil { throw damaged("it starts twice") }
            guard object.values["member"] == nil, object.values["member_base64"] == nil else {
                try add(object)
                continue
            }
            let found = try makeFrame(object)
            defer { frame = found }
            if let frame { return frame }
        }
        defer { frame = nil }
        return frame
    }

    private func makeFrame(_ object: FlatObject) throws -> IndexedFrame {
        guard let number = object.number("frame"), number == Int64(self.number), object.number("offset") == offset,
            let length = object.number("length"), let size = object.number("size"),
            let digest = object.text("xxh3"), digest.count == 32
        else { throw damaged("a frame does not follow the one before it") }
        guard length <= Self.largestFrame, size <= Self.largestFrame else { throw damaged("a frame is too large") }
        namesLeft = Self.mostNames
        if object.number("continues") == nil { open = (self.number, start) }
        let frame = IndexedFrame(
            number: self.number,
            offset: offset,
            length: Int(length),
            size: Int(size),
            digest: String(decoding: digest, as: UTF8.self),
            start: start,
            membersBefore: membersBefore
        )
        self.number += 1
        offset += length
        start += size
        return frame
    }

    private func add(_ object: FlatObject) throws {
        guard let frame, let open, let name = object.name("member"), let kind = object.text("type"),
            let size = object.number("size"), 0...Extent.largestFile ~= size, let at = object.number("at"),
            at < Self.largestFrame
        else { throw damaged("a member is not valid") }
        guard object.number("frame") == Int64(open.number), frame.members.count < Self.mostMembers else {
            throw damaged("a member is not in its frame")
        }
        let target = object.name("target")
        namesLeft -= name.count + (target?.count ?? 0)
        guard namesLeft >= 0 else { throw damaged("the names of a frame are too long") }
        let member = IndexedMember(
            name: name,
            kind: String(decoding: kind, as: UTF8.self),
            size: size,
            firstFrame: open.number,
            start: open.start + at,
            target: target,
            digest: object.text("xxh3").map { String(decoding: $0, as: UTF8.self) }
        )
        self.frame?.members.append(member)
        membersBefore += 1
    }

    // MARK: Lines

    private func nextObject() throws -> FlatObject? {
        guard let bytes = try nextLine() else { return nil }
        guard let object = FlatObject(bytes) else { throw damaged("a line is no object of texts and numbers") }
        return object
    }

    private func nextLine() throws -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                line += 1
                return buffer[position..<end]
            }
            searched = buffer.count - position
            guard searched <= Self.longestLine else { throw damaged("a line is too long") }
            guard try fill() else {
                guard position == buffer.count else { throw damaged("its last line is cut off") }
                return nil
            }
        }
    }

    /// Puts more bytes behind the rest of the buffer; false at the end of the file.
    private func fill() throws -> Bool {
        buffer.removeFirst(position)
        position = 0
        let kept = buffer.count
        buffer += [UInt8](repeating: 0, count: Self.blockSize)
        let got = try buffer.withUnsafeMutableBytes { try read(UnsafeMutableRawBufferPointer(rebasing: $0[kept...])) }
        buffer.removeLast(Self.blockSize - got)
        buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[kept...])) }
        length += Int64(got)
        return got > 0
    }

    private func damaged(_ why: String) -> ReadError {
        .damaged(path: path, offset: nil, why: "line \(line): \(why)")
    }
}
