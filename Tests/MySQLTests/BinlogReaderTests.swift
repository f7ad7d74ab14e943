import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct BinlogReaderTests {
    private struct Ending: Equatable {
        var position: UInt64
        var gtid: String?
    }

    private func ending(of bytes: some Sequence<UInt8>) throws -> Ending {
        let scratch = try ScratchDirectory()
        let groups = try BinlogReader.groups(of: HeldFile(scratch.write(bytes, to: "binlog.000001")))
        return Ending(position: groups.end, gtid: groups.gtid)
    }

    @Test func `a whole log ends where the file ends`() throws {
        #expect(try ending(of: RecordedBinlogs.first) == .init(position: 1955, gtid: "0-1-8,7-1-1"))
    }

    @Test func `a log that begins with a list of GTIDs goes on counting from it`() throws {
        #expect(try ending(of: RecordedBinlogs.second) == .init(position: 676, gtid: "0-1-9,7-1-2"))
        #expect(try ending(of: RecordedBinlogs.second.prefix(400)) == .init(position: 355, gtid: "0-1-8,7-1-1"))
    }

    @Test(
        arguments: [
            // Bytes of the file, where the last complete group ends, the GTID then.
            (1910, 1750, "0-1-8"),  // the commit of the last transaction is cut off
            (1955 - 1, 1911, "0-1-8,7-1-1"),  // the rotation is
            (1750, 1750, "0-1-8"),  // XA COMMIT is a group
            (1749, 1622, "0-1-7"),
            (1622, 1622, "0-1-7"),  // XA PREPARE ends one
            (1585, 1370, "0-1-6"),
            (1370, 1370, "0-1-6"),  // so does the COMMIT of a MyISAM table
            (1300, 1170, "0-1-5"),
            (1170, 1170, "0-1-5"),  // a statement by itself
            (1062, 1020, "0-1-4"),  // its GTID alone is nothing
            (989, 771, "0-1-3"),  // a transaction without its commit
            (325, 325, nil),
        ] as [(Int, UInt64, String?)]
    )
    func `a log that is cut off ends with its last complete group`(size: Int, position: UInt64, gtid: String?) throws {
        #expect(try ending(of: RecordedBinlogs.first.prefix(size)) == .init(position: position, gtid: gtid))
    }

    @Test func `reading stops at the first wrong checksum`() throws {
        var bytes = RecordedBinlogs.first
        bytes[1005] ^= 1
        #expect(try ending(of: bytes) == .init(position: 771, gtid: "0-1-3"))
    }

    @Test func `the flag of a log in use does not count as a wrong checksum`() throws {
        var bytes = RecordedBinlogs.first
        bytes[4 + 17] |= 1
        #expect(try ending(of: bytes).position == 1955)
    }

    /// A hole costs the server's user nothing.
    @Test func `an event of 256 MiB takes no memory`() async {
        // In a process of its own, whose memory has not been larger yet.
        await #expect(processExitsWith: .success) {
            let size: UInt32 = 1 << 28
            let scratch = try ScratchDirectory()
            let header = [0, 0, 0, 0, 2, 1, 0, 0, 0] + (0..<4).map { UInt8(size >> (8 * $0) & 255) }
            let path = try scratch.write([0xFE, 0x62, 0x69, 0x6E] + header, to: "binlog.000001")
            truncate(path, Int(size) + 4)
            var before = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &before)
            let groups = try BinlogReader.groups(of: HeldFile(path))
            var after = rusage()
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &after)
            // Kilobytes.
            guard groups.end == UInt64(size) + 4, after.ru_maxrss - before.ru_maxrss < 65_536 else { exit(1) }
        }
    }

    /// A log of events without checksums.
    private func log(_ events: [(type: UInt8, body: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]
        for event in [(15, [UInt8](repeating: 0, count: 70))] + events {
            let size = UInt32(19 + event.body.count)
            bytes += [0, 0, 0, 0, event.type, 1, 0, 0, 0] + (0..<4).map { UInt8(size >> (8 * $0) & 255) }
            bytes += [UInt8](repeating: 0, count: 6) + event.body
        }
        return bytes
    }

    /// 10 000 lists that announce 268 million entries each.
    @Test(.timeLimit(.minutes(1)))
    func `a list of GTIDs has the entries that are there`() throws {
        let entry: [UInt8] = [7, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]
        let lists = [(type: UInt8(163), body: [255, 255, 255, 15] + entry)]
        let empty = (type: UInt8(163), body: [255, 255, 255, 15] as [UInt8])
        let scratch = try ScratchDirectory()
        let path = try scratch.write(log(lists + Array(repeating: empty, count: 10_000)), to: "binlog.000001")
        #expect(try BinlogReader.groups(of: HeldFile(path)).gtid == "7-1-9")
    }

    @Test func `more domains of GTIDs than a server has are refused`() throws {
        let lists = (0..<20).map { list in
            let entries = (0..<4000).map { UInt32(list * 4000 + $0) }
                .flatMap { domain in (0..<4).map { UInt8(domain >> (8 * $0) & 255) } + [UInt8](repeating: 1, count: 12)
                }
            return (type: UInt8(163), body: [160, 15, 0, 0] + entries)
        }
        let scratch = try ScratchDirectory()
        let path = try scratch.write(log(lists), to: "binlog.000001")
        #expect(throws: MySQLError.binlog(path, reason: "it names more than 65536 domains of GTIDs")) {
            try BinlogReader.groups(of: HeldFile(path))
        }
    }

    /// A log of holes is read for hours.
    @Test(.timeLimit(.minutes(1)))
    func `reading ends when its task is cancelled`() async throws {
        let size: UInt32 = 1 << 30
        let scratch = try ScratchDirectory()
        let header = [0, 0, 0, 0, 2, 1, 0, 0, 0] + (0..<4).map { UInt8(size >> (8 * $0) & 255) }
        let path = try scratch.write([0xFE, 0x62, 0x69, 0x6E] + header, to: "binlog.000001")
        truncate(path, 1 << 40)
        let task = Task { try await SerialThread.once(name: "log") { try BinlogReader.groups(of: HeldFile(path)).end } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test(arguments: [0, 3, 4, 511, 512, 513])
    func `an encrypted log ends behind its header, or is refused`(size: Int) throws {
        let scratch = try ScratchDirectory()
        let bytes = ([0xFD, 0x62, 0x69, 0x6E] + [UInt8](repeating: 0, count: 600)).prefix(size)
        let log = try HeldFile(try scratch.write(Array(bytes), to: "binlog.999999"))
        switch size {
        case 4, 511:
            #expect(throws: MySQLError.binlog(log.path, reason: "it ends within its header")) {
                try CopiedBinlog.position(atEndOf: log)
            }
        default: #expect(try CopiedBinlog.position(atEndOf: log) == UInt64(size < 4 ? size : size - 512))
        }
    }

    @Test func `a number that no server gives is no log's`() throws {
        let scratch = try ScratchDirectory()
        for name in ["binlog.4294967295", "binlog.9223372036854775807"] { try scratch.write([], to: name) }
        let binlog = CopiedBinlog(directory: try HeldDirectory(scratch.path), basename: "binlog")
        #expect(try binlog.files() == ["binlog.4294967295"])
    }

    @Test(arguments: [[], [0xFE, 0x62], Array("not a log".utf8)] as [[UInt8]])
    func `a file that does not begin like a log is refused`(bytes: [UInt8]) throws {
        #expect(throws: MySQLError.self) { try ending(of: bytes) }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a FIFO, a socket or a link with the name of a log is no log, and is never opened`() throws {
        let scratch = try ScratchDirectory()
        symlink("/etc/passwd", scratch.path + "/binlog.000002")
        try scratch.write(RecordedBinlogs.first, to: "binlog.000003")
        mkfifo(scratch.path + "/binlog.000004", 0o600)
        mknod(scratch.path + "/binlog.000005", S_IFSOCK | 0o600, 0)
        mkdir(scratch.path + "/binlog.000006", 0o700)
        let binlog = CopiedBinlog(directory: try HeldDirectory(scratch.path), basename: "binlog")
        #expect(try binlog.files() == ["binlog.000003"])
        #expect(try binlog.ending()?.coordinates.binlog == .init(file: "binlog.000003", position: 1955))
        for name in [2, 4, 5, 6] {
            let path = scratch.path + "/binlog.00000\(name)"
            #expect(throws: HostError.self) { try BinlogReader.groups(of: HeldFile(path)) }
        }
        symlink("/etc/passwd", scratch.path + "/binlog.000007")
        let newest = scratch.path + "/binlog.000007"
        #expect(throws: MySQLError.binlog(newest, reason: "it is a symbolic link")) { try binlog.files() }
    }

    @Test func `the newest log with something in it tells the coordinates`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write(RecordedBinlogs.first, to: "binlog.000009")
        try scratch.write(RecordedBinlogs.second.prefix(600), to: "binlog.000010")
        try scratch.write([0xFE, 0x62, 0x69, 0x6E], to: "binlog.000011")
        try scratch.write([], to: "binlog.index")
        try scratch.write([], to: "binlog.000012.bak")
        let binlog = CopiedBinlog(directory: try HeldDirectory(scratch.path), basename: "binlog")
        let expected = Coordinates(binlog: .init(file: "binlog.000010", position: 516), gtid: "0-1-8,7-1-2")
        #expect(try binlog.ending()?.coordinates == expected)
    }

    @Test func `CRC-32 is that of zlib`() {
        var sum = CRC32()
        sum.add(Array("123456789".utf8)[...])
        #expect(sum.value == 0xCBF4_3926)
    }
}

@Suite struct FinishedStatementsTests {
    private func finished(_ logs: [[UInt8]]) throws -> FinishedStatements {
        let scratch = try ScratchDirectory()
        for (index, bytes) in logs.enumerated() { try scratch.write(bytes, to: "binlog.00000\(index + 1)") }
        return try CopiedBinlog(directory: HeldDirectory(scratch.path), basename: "binlog")
            .finished(besides: ["binlog.000001"])
    }

    @Test func `a log that only describes itself tells of no statement`() throws {
        #expect(try finished([RecordedBinlogs.first, Array(RecordedBinlogs.second.prefix(355))]).doubt == nil)
        #expect(try finished([RecordedBinlogs.first]).doubt == nil)
    }

    @Test func `statements that the recovery server logged make the position inexact`() throws {
        let doubt = try #require(try finished([RecordedBinlogs.second, RecordedBinlogs.first]).doubt)
        #expect(doubt.contains("must not be replayed"))
        #expect(doubt.contains("\"create database f\""))
    }
}

@Suite struct BinlogGroupsTests {
    private static let end: UInt64 = 100

    private func event(_ type: BinlogEventType?, _ body: [UInt8] = [], end: UInt64) -> BinlogEvent {
        BinlogEvent(type: type, isInUse: false, time: 0, serverID: 1, body: body[...], start: end - 1, end: end)
    }

    private func query(_ text: String, end: UInt64) -> BinlogEvent {
        event(.query, [UInt8](repeating: 0, count: 14) + Array(text.utf8), end: end)
    }

    /// The events of MySQL; the types are those of its own log, for which there is no recording.
    @Test(
        arguments: [
            (["gtid", "BEGIN", "xid"], 3),
            (["gtid", "BEGIN", "row"], 0),
            (["gtid", "CREATE TABLE t (k INT)"], 2),
            (["gtid"], 0),
            (["gtid", "payload"], 2),
            (["gtid", "XA START X'78'", "row", "XA END X'78'", "prepare"], 5),
            (["gtid", "XA START X'78'", "row", "XA END X'78'"], 0),
            (["gtid", "XA COMMIT X'78'"], 2),
            (["gtid", "BEGIN", "SAVEPOINT s", "ROLLBACK TO s", "COMMIT"], 5),
            (["BEGIN", "row", "xid", "rotate"], 4),
        ] as [([String], UInt64)]
    )
    func `a group of MySQL's log ends where a replica would be done with it`(events: [String], end: UInt64) throws {
        var groups = BinlogGroups(of: "binlog.000001", start: 0)
        for (index, word) in events.enumerated() {
            let end = UInt64(index + 1)
            switch word {
            case "gtid": try groups.append(event(.gtid, end: end))
            case "xid": try groups.append(event(.xid, end: end))
            case "row": try groups.append(event(nil, end: end))
            case "payload": try groups.append(event(.transactionPayload, end: end))
            case "prepare": try groups.append(event(.xaPrepare, end: end))
            case "rotate": try groups.append(event(.rotate, end: end))
            default: try groups.append(query(word, end: end))
            }
        }
        #expect(groups.end == end)
        #expect(groups.gtid == nil)
    }
}
