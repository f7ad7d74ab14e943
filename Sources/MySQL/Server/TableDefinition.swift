import Host

/// The file in which a server keeps the definition of a table: it names the storage engine.
///
/// Every account of the server makes such files. An account of lvmbackup without privileges on the tables does not see
/// them in `information_schema.TABLES`.
enum TableDefinition: Equatable, Sendable {
    case table(engine: String)
    /// A view, or a file that the server has just begun to write.
    case none
    /// The file does not have the form of a definition.
    case malformed

    /// At most so many bytes from an offset on; fewer where the file ends.
    typealias Reading = (_ offset: UInt64, _ count: Int) throws -> [UInt8]

    // MARK: MariaDB

    /// A `.frm` file, as MariaDB 10.3 to 11.8 write it (measured, MariaDB 10.11).
    ///
    /// Numbers are little endian. The header has 64 bytes: at 0 the mark FE 01, at 4 the length of the second section, at 6
    /// the place of the keys, at 14 or 47 the length of the keys, at 16 the length of the default row. After the row come
    /// the connection string and the engine's name, each after its length. The second section is right after the header.
    init(frm read: Reading) throws {
        let header = try read(0, 64)
        if header.isEmpty || header.starts(with: Array("TYPE=VIEW".utf8)) {
            self = .none
            return
        }
        guard header.count == 64, header.starts(with: [0xFE, 0x01]) else {
            self = .malformed
            return
        }
        let short = header.number(at: 14, bytes: 2)
        let keys = short == 0xFFFF ? header.number(at: 47, bytes: 4) : short
        let connection = UInt64(header.number(at: 6, bytes: 2) + keys + header.number(at: 16, bytes: 2))
        let length = try Self.length(at: connection, read)
        let name = length.map { connection + 2 + UInt64($0) }
        var engine = try name.flatMap { name in try Self.text(at: name, read).flatMap(Self.name) }
        if engine == "partition" {
            engine = try Self.partitioned(read(64, header.number(at: 4, bytes: 2)))
        }
        self = engine.map { .table(engine: $0) } ?? .malformed
    }

    private static func length(at offset: UInt64, _ read: Reading) throws -> Int? {
        let bytes = try read(offset, 2)
        return bytes.count == 2 ? bytes.number(at: 0, bytes: 2) : nil
    }

    /// The text behind its length; nil where the file ends in it.
    private static func text(at offset: UInt64, _ read: Reading) throws -> [UInt8]? {
        guard let length = try length(at: offset, read) else { return nil }
        let count = min(length, 65)
        let bytes = try read(offset + 2, count)
        return bytes.count == count ? bytes : nil
    }

    /// The engine of the partitions: the value of type 1 in the second section.
    ///
    /// A value follows its type, one byte, and its length: one byte, or zero and two bytes.
    private static func partitioned(_ section: [UInt8]) -> String? {
        var rest = section[...]
        while let type = rest.popFirst(), var length = rest.popFirst().map(Int.init) {
            if length == 0 {
                guard let low = rest.popFirst(), let high = rest.popFirst() else { return nil }
                length = Int(low) | Int(high) << 8
            }
            guard length <= rest.count else { return nil }
            if type == 1 { return name(Array(rest.prefix(length))) }
            rest = rest.dropFirst(length)
        }
        return nil
    }

    // MARK: MySQL

    private static let key = Array(#""engine":""#.utf8)
    private static let piece = 65536
    /// The definition of 4096 columns with long comments and defaults has some MiB.
    private static let longest = 32 << 20

    /// A `.sdi` file: an object of JSON, as MySQL 8.0 to 9.7 write it (measured, MySQL 9.7.4).
    ///
    /// A quotation mark within a string has a backslash before it. The key can therefore be told from text in comments.
    init(sdi read: Reading) throws {
        var bytes: [UInt8] = []
        var start = 0
        while bytes.count < Self.longest {
            let piece = try read(UInt64(bytes.count), Self.piece)
            bytes += piece
            if let engine = Self.engine(in: bytes, from: start) {
                self = .table(engine: engine)
                return
            }
            if piece.isEmpty { break }
            start = max(0, bytes.count - Self.key.count - 65)
        }
        self = bytes.isEmpty ? .none : .malformed
    }

    /// Nil also where the name is not complete yet.
    private static func engine(in bytes: [UInt8], from start: Int) -> String? {
        for place in start..<max(start, bytes.count - key.count)
        where bytes[place] == key[0] && (place == 0 || bytes[place - 1] != UInt8(ascii: "\\")) {
            guard bytes[place...].starts(with: key) else { continue }
            let value = bytes[(place + key.count)...].prefix(65)
            guard let end = value.firstIndex(of: UInt8(ascii: "\"")) else { continue }
            if let name = name(Array(value[..<end])) { return name }
        }
        return nil
    }

    /// The name of a plug-in: up to 64 letters, digits, "_", "-" and "$".
    private static func name(_ bytes: [UInt8]) -> String? {
        let isName = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$")].contains(byte)
            }
        }
        return isName && (1...64).contains(bytes.count) ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

extension [UInt8] {
    /// A number, little endian.
    fileprivate func number(at offset: Int, bytes count: Int) -> Int {
        self[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
