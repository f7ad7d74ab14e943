/// Writes the index: one JSON object a line, for every frame and every member, as they come.
///
/// | line | keys |
/// |---|---|
/// | first | `format` "lvmbackup index", `version` 1 |
/// | frame | `frame` number from 0, `offset` and `length` in the archive file, `size` before compression, `xxh3` of the `length` bytes; `continues` where it starts inside a member: how many bytes of the member, sparse map and data, the frames before hold |
/// | member | `member` its name (or `member_base64`, where that is not UTF-8), `type`, `size`, `frame` and `at` of its header, counted before compression; `target` of links; `xxh3` of the content, holes read as zeros |
///
/// All checksums are XXH3-128 as `xxh128sum` prints them. A member's line follows that of the frame it ends in.
final class IndexWriter {
    private let output: FileWriter
    private let buffer = ByteBuffer(capacity: 131_072)
    private var offset: Int64 = 0
    private var number = 0

    init(_ output: FileWriter) {
        self.output = output
        append("{\"format\":\"lvmbackup index\",\"version\":1}\n")
    }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func add(_ frame: Frame) throws(ArchiveError) {
        let length = Int64(frame.output.count)
        append("{\"frame\":\(number),\"offset\":\(offset),\"length\":\(length),\"size\":\(frame.inputLength)")
        if let continues = frame.continues { append(",\"continues\":\(continues)") }
        append(",\"xxh3\":\"\(frame.digest)\"}\n")
        number += 1
        offset += length
        for member in frame.members {
            add(member)
            if buffer.count > 65_536 { try flush() }
        }
    }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func flush() throws(ArchiveError) {
        try output.write(buffer.bytes)
        buffer.removeAll()
    }

    private func add(_ member: MemberRecord) {
        append("{")
        append("member", member.name)
        append(",\"type\":\"\(member.kind.word)\",\"size\":\(member.size)")
        append(",\"frame\":\(member.frame),\"at\":\(member.offset)")
        switch member.kind {
        case .symbolicLink(let target), .hardLink(let target):
            append(",")
            append("target", target)
        default: break
        }
        if let digest = member.digest { append(",\"xxh3\":\"\(digest)\"") }
        append("}\n")
    }

    private func append(_ key: String, _ path: RawPath) {
        guard path.text != nil else {
            append("\"\(key)_base64\":\"\(Base64.encode(path.bytes))\"")
            return
        }
        append("\"\(key)\":\"")
        buffer.append(path.bytes.flatMap(Self.escaped))
        append("\"")
    }

    /// A byte of UTF-8 inside a JSON string.
    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [UInt8(ascii: "\\"), byte]
        case 0..<32, 127:
            let digits = Array("0123456789abcdef".utf8)
            return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: return [byte]
        }
    }

    private func append(_ text: String) {
        var text = text
        text.withUTF8 { buffer.append(UnsafeRawBufferPointer($0)) }
    }
}

extension Entry.Kind {
    /// As the index spells it.
    var word: String {
        switch self {
        case .file: "file"
        case .directory: "directory"
        case .fifo: "fifo"
        case .characterDevice: "character device"
        case .blockDevice: "block device"
        case .symbolicLink: "symbolic link"
        case .hardLink: "hard link"
        }
    }
}
