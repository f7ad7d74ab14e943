import Host
import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Reads a binary log file to the end of its last complete group of events.
///
/// Stops, without an error, at the first event that is cut off or whose checksum is wrong: the log of a server that a
/// snapshot stopped ends so.
struct BinlogReader {
    private static let magic: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]
    /// Larger events than this don't exist: `max_allowed_packet` is at most 1 GiB.
    private static let largestEvent: UInt64 = 1 << 30 + 1 << 20

    private let path: String
    private var hasChecksums = false

    /// - Throws: ``MySQLError/binlog(_:reason:)`` where it is no binary log, or an encrypted one;
    ///   ``MySQLError/system(_:on:reason:)``.
    static func groups(of log: HeldFile) throws -> BinlogGroups {
        var groups = BinlogGroups(of: log.path, start: 4)
        try events(of: log) { event in
            try groups.append(event)
            return true
        }
        return groups
    }

    /// Reads the events of a log one after the other.
    ///
    /// The log of a copy is another user's, and may be of any size: a thread whose task was cancelled stops.
    ///
    /// - Parameter hear: answers whether the reading goes on.
    /// - Returns: where the last event that was read ends.
    /// - Throws: as ``groups(of:)``, the errors of `hear`, and `CancellationError`.
    @discardableResult
    static func events(of log: HeldFile, _ hear: (BinlogEvent) throws -> Bool) throws -> UInt64 {
        guard let file = fdopen(dup(log.number), "re") else { throw MySQLError.last("open", log.path) }
        defer { fclose(file) }
        // A reader before this one has moved the place that both share.
        rewind(file)
        var left = Int(clamping: try log.status().size)
        var reader = BinlogReader(path: log.path)
        return try reader.read(hear) { count in
            // A torn header may announce any length: memory is allocated only for bytes that are there.
            guard count <= left else { return nil }
            try CancellationFlag.check()
            left -= count
            var bytes = [UInt8](repeating: 0, count: count)
            return fread(&bytes, 1, count, file) == count ? bytes : nil
        }
    }

    private init(path: String) { self.path = path }

    /// - Parameter take: the next bytes; nil at the end of the file.
    private mutating func read(_ hear: (BinlogEvent) throws -> Bool, _ take: (Int) throws -> [UInt8]?) throws -> UInt64
    {
        guard try take(4) == Self.magic else { throw MySQLError.binlog(path, reason: "it is none, or encrypted") }
        var offset: UInt64 = 4
        while let header = try take(BinlogEvent.headerSize) {
            let size = header.littleEndian(at: 9, 4)
            guard size >= UInt64(BinlogEvent.headerSize), size <= Self.largestEvent,
                let rest = try Rest(Int(size) - BinlogEvent.headerSize, behind: header, take),
                let event = try event(header, rest, offset..<offset + size)
            else { break }
            offset += size
            guard try hear(event) else { break }
        }
        return offset
    }

    /// Nil where the checksum is wrong.
    private mutating func event(_ header: [UInt8], _ rest: Rest, _ place: Range<UInt64>) throws -> BinlogEvent? {
        let type = BinlogEventType(rawValue: header[4])
        if type == .startEncryption { throw MySQLError.binlog(path, reason: "it is encrypted") }
        if type == .formatDescription { hasChecksums = Self.announcesChecksums(rest.kept) }
        if hasChecksums, !rest.isIntact { return nil }
        return BinlogEvent(
            type: type,
            isInUse: header[17] & 1 == 1,
            time: UInt32(header.littleEndian(at: 0, 4)),
            serverID: UInt32(header.littleEndian(at: 5, 4)),
            body: hasChecksums && rest.isWhole ? rest.kept.dropLast(4) : rest.kept[...],
            start: place.lowerBound,
            end: place.upperBound
        )
    }

    /// The kind of checksum is the fifth byte from the end, in every release that has GTIDs.
    private static func announcesChecksums(_ body: [UInt8]) -> Bool { body.count > 5 && body[body.count - 5] == 1 }

    /// The body of an event, which may be a gigabyte of rows.
    private struct Rest {
        /// Texts of statements and lists of GTIDs: the rest of an event is not needed.
        private static let longestKept = 1 << 20
        private static let pieceSize = 65_536

        /// The first bytes.
        private(set) var kept: [UInt8] = []
        let isWhole: Bool
        /// Whether the last four bytes are the checksum of all before them.
        let isIntact: Bool

        /// Nil where the file ends in it.
        init?(_ count: Int, behind header: [UInt8], _ take: (Int) throws -> [UInt8]?) rethrows {
            var (sum, left, last) = (CRC32(), count, [UInt8]())
            var header = header
            // The flag "in use" comes and goes without the checksum.
            if BinlogEventType(rawValue: header[4]) == .formatDescription { header[17] &= 0xFE }
            sum.add(header[...])
            while left > 0 {
                // The last four bytes are a piece of their own.
                guard let piece = try take(left > 4 ? min(left - 4, Self.pieceSize) : left) else { return nil }
                left -= piece.count
                if left > 0 { sum.add(piece[...]) } else { last = piece }
                kept += piece.prefix(max(0, Self.longestKept - kept.count))
            }
            isWhole = kept.count == count
            isIntact = last.count == 4 && UInt64(sum.value) == last.littleEndian(at: 0, 4)
        }
    }
}
