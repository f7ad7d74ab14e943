/// Reads a tar file member by member: ustar, pax, GNU tar's and older forms, files with holes in each of GNU's formats.
///
/// Belongs to one thread.
///
/// The file is not trusted: lengths are limited before memory is taken, numbers are checked before they are used.
final class TarReader {
    /// pax records of one member: attributes of 64 KiB each are the largest.
    private static let longestRecords: Int64 = 4 << 20
    private static let longestName: Int64 = 65_536
    private static let largestFile = Extent.largestFile

    private var bytes: TarBytes
    /// Bytes of content not yet read, and the padding behind them.
    private var stored: Int64 = 0
    private var padding: Int64 = 0
    private var position: Int64 = 0
    private var sparse: SparseExtents?
    private var global = PaxValues()
    private var globalLeft = longestRecords

    /// Whether the source may end behind any member.
    private let isPart: Bool

    /// - Parameter start: for a part of a tar file, which has no end of its own: where it starts in the file.
    init(_ source: any TarSource, partAt start: Int64? = nil) {
        bytes = TarBytes(source, at: start ?? 0)
        isPart = start != nil
    }

    /// The next member; nil behind the last.
    ///
    /// - Throws: ``ReadError``, and the errors of the source.
    func next() throws -> TarMember? {
        try bytes.skip(stored + padding)
        (stored, padding, position, sparse) = (0, 0, 0, nil)
        let start = bytes.position
        var records = global
        var recordsLeft = Self.longestRecords
        var (longName, longLink): ([UInt8]?, [UInt8]?)
        while true {
            guard let block = try nextBlock() else {
                guard isPart, bytes.position == start else { throw damaged("it ends without the end of a tar file") }
                return nil
            }
            if block.isEmpty {
                try checkEnd()
                return nil
            }
            guard block.hasRightChecksum else { throw damaged("a member's header has another checksum") }
            switch block.type {
            case UstarHeader.TypeFlag.extended.rawValue:
                try add(&records, block, &recordsLeft)
            case HeaderBlock.Foreign.globalRecords:
                try add(&global, block, &globalLeft)
                records = global
            case HeaderBlock.Foreign.longName: longName = try contentAsName(block)
            case HeaderBlock.Foreign.longLink: longLink = try contentAsName(block)
            default: return try member(block, records, longName, longLink, start: start)
            }
        }
    }

    /// The next bytes of the member's content and their place in the file; nil behind the last.
    ///
    /// - Throws: ``ReadError``, and the errors of the source.
    func nextContent() throws -> (offset: Int64, bytes: UnsafeRawBufferPointer)? {
        guard stored > 0 else { return nil }
        guard let extent = sparse?.current ?? (sparse == nil ? Extent(offset: position, length: stored) : nil) else {
            return nil
        }
        guard let piece = try bytes.take(atMost: min(extent.length, stored)) else { throw damaged("it ends in a file") }
        stored -= Int64(piece.count)
        position += Int64(piece.count)
        sparse?.fill(Int64(piece.count))
        return (extent.offset, piece)
    }

    func damaged(_ why: String) -> ReadError { bytes.source.damaged(why) }

    // MARK: Headers

    private func nextBlock() throws -> HeaderBlock? {
        try bytes.takeAll(UstarHeader.size).map { HeaderBlock(bytes: $0) }
    }

    /// Reads on to the end of the source: its last frames are checked, too.
    private func checkEnd() throws {
        while let rest = try bytes.take(atMost: .max) {
            guard rest.allSatisfy({ $0 == 0 }) else { throw damaged("data follows the end of the tar file") }
        }
    }

    private func content(_ block: HeaderBlock, atMost limit: Int64) throws -> [UInt8] {
        guard let size = block.size, 0...limit ~= size else { throw damaged("a header's length is not valid") }
        guard let content = size == 0 ? [] : try bytes.takeAll(Int(size)) else { throw damaged("it ends in a header") }
        try bytes.skip((512 - size % 512) % 512)
        return content
    }

    /// - Parameter left: bytes that further headers may have.
    private func add(_ records: inout PaxValues, _ block: HeaderBlock, _ left: inout Int64) throws {
        let bytes = try content(block, atMost: left)
        left -= Int64(bytes.count)
        guard records.add(bytes) else { throw damaged("pax records are not valid") }
    }

    private func contentAsName(_ block: HeaderBlock) throws -> [UInt8] {
        Array(try content(block, atMost: Self.longestName).prefix { $0 != 0 })
    }

    private func member(
        _ block: HeaderBlock,
        _ records: PaxValues,
        _ longName: [UInt8]?,
        _ longLink: [UInt8]?,
        start: Int64
    ) throws -> TarMember {
        let name = records.text("GNU.sparse.name") ?? records.text("path") ?? longName ?? block.name
        let target = records.text("linkpath") ?? longLink ?? block.linkName
        guard !name.isEmpty, !name.contains(0), !target.contains(0) else {
            throw damaged("a member's name is not valid")
        }
        guard let blockMode = block.mode, let blockTime = block.modified else {
            throw damaged("a header is not valid")
        }
        var member = TarMember(
            name: RawPath(bytes: name),
            kind: try kind(block.type, name, target),
            mode: UInt32(truncatingIfNeeded: blockMode) & 0o7777,
            owner: try id(records.has("uid") ? records.number("uid") : block.owner),
            group: try id(records.has("gid") ? records.number("gid") : block.group),
            ownerName: records.text("uname") ?? block.ownerName,
            groupName: records.text("gname") ?? block.groupName,
            modified: records.modified ?? FileTime(seconds: blockTime, nanoseconds: 0),
            size: 0,
            attributes: records.attributes,
            accessList: records.text("SCHILY.acl.access"),
            defaultList: records.text("SCHILY.acl.default"),
            start: start
        )
        guard let size = records.has("size") ? records.number("size") : block.size, 0...Self.largestFile ~= size else {
            throw damaged("the size of \"\(member.name)\" is not valid")
        }
        guard member.kind == .file else {
            // Links and directories have no content, although old tars wrote a size for them; a pax hard link may have some.
            if case .hardLink = member.kind, size > 0 { throw ReadError.unsupported("hard links with content") }
            return member
        }
        stored = size
        padding = (512 - size % 512) % 512
        member.size = try readMap(block, records) ?? size
        return member
    }

    private func kind(_ type: UInt8, _ name: [UInt8], _ target: [UInt8]) throws -> Entry.Kind {
        switch type {
        case HeaderBlock.Foreign.oldFile where name.last == UInt8(ascii: "/"): return .directory
        case HeaderBlock.Foreign.oldFile, HeaderBlock.Foreign.contiguousFile, HeaderBlock.Foreign.gnuSparse:
            return .file
        default: break
        }
        switch UstarHeader.TypeFlag(rawValue: type) {
        case .file: return .file
        case .directory: return .directory
        case .fifo: return .fifo
        case .characterDevice: return .characterDevice
        case .blockDevice: return .blockDevice
        case .symbolicLink: return .symbolicLink(target: RawPath(bytes: target))
        case .hardLink: return .hardLink(target: RawPath(bytes: target))
        case .extended, nil: throw ReadError.unsupported("members of type \"\(Unicode.Scalar(type))\"")
        }
    }

    private func id(_ number: Int64?) throws -> UInt32 {
        guard let number, let id = UInt32(exactly: number) else { throw damaged("an owner is not valid") }
        return id
    }

    // MARK: Files with holes

    /// Reads where a file's data belongs; nil for one without holes.
    private func readMap(_ block: HeaderBlock, _ records: PaxValues) throws -> Int64? {
        if block.type == HeaderBlock.Foreign.gnuSparse { return try readOldMap(block) }
        guard records.number("GNU.sparse.major") == 1 else { return try readRecordedMap(records) }
        let size = try realSize(records.number("GNU.sparse.realsize"))
        let before = bytes.position
        var lines = SparseLines()
        guard let count = try number(&lines, since: before) else { throw badMap() }
        var map = SparseExtents()
        for _ in 0..<count {
            guard let offset = try number(&lines, since: before), let length = try number(&lines, since: before) else {
                throw badMap()
            }
            try add(Extent(offset: offset, length: length), to: &map, size)
        }
        // The map fills whole blocks.
        try bytes.skip((512 - (bytes.position - before) % 512) % 512)
        stored -= bytes.position - before
        return try use(map, size)
    }

    private func readOldMap(_ block: HeaderBlock) throws -> Int64 {
        let size = try realSize(block.realSize)
        var map = SparseExtents()
        guard let first = block.sparseExtents else { throw badMap() }
        for extent in first { try add(extent, to: &map, size) }
        var goesOn = block.continuesSparse
        while goesOn {
            guard let further = try nextBlock(), let extents = further.furtherExtents else { throw badMap() }
            for extent in extents { try add(extent, to: &map, size) }
            goesOn = further.continuesFurther && !extents.isEmpty
        }
        return try use(map, size)
    }

    /// GNU's formats 0.0 and 0.1, whose map is in the pax records.
    private func readRecordedMap(_ records: PaxValues) throws -> Int64? {
        guard records.has("GNU.sparse.size") else { return nil }
        let size = try realSize(records.number("GNU.sparse.size"))
        let numbers =
            records.text("GNU.sparse.map")?.split(separator: UInt8(ascii: ",")).map(Array.init) ?? records.sparseNumbers
        guard numbers.count % 2 == 0 else { throw badMap() }
        var map = SparseExtents()
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard let offset = Int64(String(decoding: numbers[index], as: UTF8.self)),
                let length = Int64(String(decoding: numbers[index + 1], as: UTF8.self))
            else { throw badMap() }
            try add(Extent(offset: offset, length: length), to: &map, size)
        }
        return try use(map, size)
    }

    private func realSize(_ number: Int64?) throws -> Int64 {
        guard let number, 0...Self.largestFile ~= number else { throw badMap() }
        return number
    }

    private func add(_ extent: Extent, to map: inout SparseExtents, _ size: Int64) throws {
        guard !map.isFull else {
            throw ReadError.unsupported("a file of more than \(SparseExtents.mostExtents) stretches")
        }
        guard map.add(extent, fileSize: size) else { throw badMap() }
    }

    private func use(_ map: SparseExtents, _ size: Int64) throws -> Int64 {
        guard stored == map.dataLength else { throw badMap() }
        sparse = map
        return size
    }

    private func badMap() -> ReadError { damaged("a file's map of holes is not valid") }

    /// A decimal number that ends with its line.
    ///
    /// The blocks behind the map's last one are not touched.
    private func number(_ lines: inout SparseLines, since start: Int64) throws -> Int64? {
        while true {
            if let number = lines.next() { return number }
            let taken = bytes.position - start
            guard lines.isValid, taken < stored, let piece = try bytes.take(atMost: 512 - taken % 512) else {
                return nil
            }
            lines.add(piece)
        }
    }
}

/// The numbers of a sparse map, one a line.
private struct SparseLines {
    private var rest: [UInt8] = []
    private var start = 0
    private(set) var isValid = true

    mutating func add(_ piece: UnsafeRawBufferPointer) {
        rest.removeFirst(start)
        start = 0
        rest += piece
    }

    /// The next number; nil where its line is not complete.
    mutating func next() -> Int64? {
        guard let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            isValid = isValid && rest.count - start < 20
            return nil
        }
        let digits = rest[start..<end]
        guard isValid, !digits.isEmpty, digits.count < 20, digits.allSatisfy({ 0x30...0x39 ~= $0 }),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else {
            isValid = false
            return nil
        }
        start = end + 1
        return number
    }
}
