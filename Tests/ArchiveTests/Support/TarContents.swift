import Glibc
import TestSupport

@testable import Archive

/// A reader of pax archives written from the standard, to compare archives member by member.
struct TarContents {
    struct Member: Equatable {
        var name: [UInt8]
        var type: UInt8
        var mode: UInt64
        var owner: UInt64
        var group: UInt64
        var modified: String
        var link: [UInt8]
        var size: UInt64
        var device: [UInt64]
        /// The pax records that hold attributes and lists.
        var attributes: [String: [UInt8]]
        var content: Digest
    }

    /// Sorted by name; a hard link bears the name that comes last.
    private(set) var members: [Member] = []
    private let file: UnsafeMutablePointer<FILE>

    /// The content on which all tools agree, in any order of reading a directory.
    ///
    /// Tools differ in which of several names is the link, how holes are stored and how lists are spelled.
    var summaries: [String] {
        members.map { member in
            let isFile = member.type == 0x30 || member.type == 0x31
            let time = isFile || member.type == 0x35 ? "" : member.modified
            // bsdtar writes the mode that a file with a list would have without it.
            let mode = member.type == 0x32 || member.name == Array("./plain/empty".utf8) ? 0 : member.mode
            let name = member.name.map { $0 < 32 || $0 > 126 ? "%\($0)" : String(UnicodeScalar($0)) }.joined()
            return
                "\(name) \(isFile ? 0x30 : member.type) \(mode) \(member.owner):\(member.group) \(time) \(member.device)"
        }
    }

    init(of path: String) throws {
        guard let file = fopen(path, "r") else { throw ToolFailed(command: "fopen", output: path) }
        self.file = file
        defer { fclose(file) }
        var records: [String: [UInt8]] = [:]
        while let block = try read(512), block.contains(where: { $0 != 0 }) {
            let size =
                records["size"].flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? Self.octal(block[124..<136])
            switch block[156] {
            case UInt8(ascii: "x"): records = Self.records(try data(size))
            case UInt8(ascii: "g"): _ = try data(size)
            default:
                let length = block[156] == 0x30 ? size : 0
                members.append(Self.member(block, records, size: length, try digest(length)))
                records = [:]
            }
        }
        members.sort { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private static func member(_ block: [UInt8], _ records: [String: [UInt8]], size: UInt64, _ content: Digest)
        -> Member
    {
        let prefix = Self.text(block[345..<500])
        let plain = (prefix.isEmpty ? [] : prefix + [0x2f]) + Self.text(block[0..<100])
        let seconds = String(Self.octal(block[136..<148]))
        return Member(
            name: records["GNU.sparse.name"] ?? records["path"] ?? plain,
            type: block[156],
            mode: Self.octal(block[100..<108]) & 0o7777,
            owner: number(records["uid"]) ?? octal(block[108..<116]),
            group: number(records["gid"]) ?? octal(block[116..<124]),
            modified: records["mtime"].map { String(decoding: $0, as: UTF8.self) } ?? seconds,
            link: records["linkpath"] ?? Self.text(block[157..<257]),
            size: size,
            device: [octal(block[329..<337]), octal(block[337..<345])],
            attributes: records.filter { $0.key.hasPrefix("SCHILY.") },
            content: content
        )
    }

    private func read(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = fread(&bytes, 1, count, file)
        guard got == count || got == 0 else { throw ToolFailed(command: "fread", output: "the archive is cut off") }
        return got == 0 ? nil : bytes
    }

    private func data(_ size: UInt64) throws -> [UInt8] {
        guard size > 0 else { return [] }
        guard let bytes = try read(Int((size + 511) / 512 * 512)) else {
            throw ToolFailed(command: "fread", output: "the archive is cut off")
        }
        return Array(bytes.prefix(Int(size)))
    }

    private func digest(_ size: UInt64) throws -> Digest {
        let hasher = Hasher128()
        var rest = size
        while rest > 0 {
            let length = min(rest, 1 << 20)
            try data(length).withUnsafeBytes { hasher.update($0) }
            rest -= length
        }
        return hasher.digest
    }

    private static func records(_ bytes: [UInt8]) -> [String: [UInt8]] {
        var records: [String: [UInt8]] = [:]
        var rest = bytes[...]
        while let space = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<space], as: UTF8.self)) {
            let record = rest.prefix(length).dropLast()
            if let equals = record[(space + 1)...].firstIndex(of: 0x3d) {
                records[String(decoding: record[(space + 1)..<equals], as: UTF8.self)] = Array(record[(equals + 1)...])
            }
            rest = rest.dropFirst(length)
        }
        return records
    }

    private static func number(_ bytes: [UInt8]?) -> UInt64? {
        bytes.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) }
    }

    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    private static func octal(_ field: ArraySlice<UInt8>) -> UInt64 {
        UInt64(String(decoding: field.filter { 0x30...0x37 ~= $0 }, as: UTF8.self), radix: 8) ?? 0
    }
}
