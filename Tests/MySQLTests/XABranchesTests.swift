import Host
import TestSupport
import Testing

@testable import MySQL

@Suite struct XIDTests {
    @Test(
        arguments: [
            ("X'78',X'',1", XID(format: 1, global: [0x78], branch: [])),
            ("X'00ff27',X'62',7", XID(format: 7, global: [0, 0xFF, 0x27], branch: [0x62])),
            ("'one','two',1", XID(format: 1, global: Array("one".utf8), branch: Array("two".utf8))),
            ("X'78',X'',4294967295 ONE PHASE", XID(format: 4_294_967_295, global: [0x78], branch: [])),
            ("'one'", XID(format: 1, global: Array("one".utf8), branch: [])),
            ("X'00ff'", XID(format: 1, global: [0, 0xFF], branch: [])),
            ("'one','two'", XID(format: 1, global: Array("one".utf8), branch: Array("two".utf8))),
            ("X'7',X'',1", nil), ("X'78',X'',", nil), ("X',X',1", nil), ("'", nil), ("", nil),
            ("X'zz',X'',1", nil),
        ] as [(String, XID?)]
    )
    func `an identifier is read as statements name it`(text: String, xid: XID?) {
        #expect(XID(sql: text) == xid)
        if let xid { #expect(XID(sql: xid.sql) == xid) }
    }

    @Test func `an identifier is read as each product lists it`() {
        let columns = ["formatID", "gtrid_length", "bqual_length", "data"]
        let expected = XID(format: 7, global: [0, 0xFF, 0x27], branch: [0x62])
        for data in ["0x00FF2762", "X'00ff27',X'62',7"] {
            #expect(Rows(columns: columns, values: [["7", "3", "1", data]]).compactMap(XID.init(row:)) == [expected])
        }
        #expect(Rows(columns: columns, values: [["7", "5", "1", "0x00FF2762"]]).compactMap(XID.init(row:)) == [])
    }
}

@Suite struct XABranchesTests {
    private static let x = XID(format: 1, global: Array("x".utf8), branch: [])
    private static let other = XID(format: 1, global: Array("other".utf8), branch: [])

    private func ending(_ logs: [[UInt8]]) throws -> CopiedBinlog.Ending {
        let scratch = try ScratchDirectory()
        for (index, bytes) in logs.enumerated() { try scratch.write(bytes, to: "binlog.00000\(index + 1)") }
        return try #require(
            try CopiedBinlog(directory: HeldDirectory(scratch.path), basename: "binlog").ending()
        )
    }

    /// Of the recording that XA PREPARE and XA COMMIT end in at 1622 and 1750.
    @Test(
        arguments: [
            (1750, [x], "the log ends the XA transaction X'78',X'',1, which the copy still holds as prepared"),
            (1750, [], nil),
            (1750, [other], nil),
            (1749, [x], nil),
            (1749, [], "the log prepares the XA transaction X'78',X'',1, which the copy does not hold"),
            (1622, [x, other], nil),
            (1621, [], nil),
            (1621, [other], nil),
        ] as [(Int, Set<XID>, String?)]
    )
    func `an XA transaction whose state differs between log and data makes the position inexact`(
        size: Int,
        recovered: Set<XID>,
        doubt: String?
    ) throws {
        #expect(try ending([Array(RecordedBinlogs.first.prefix(size))]).branches.doubt(recovered: recovered) == doubt)
    }

    @Test func `the log before a young one counts, too`() throws {
        let branches = try ending([RecordedBinlogs.first, RecordedBinlogs.second]).branches
        #expect(branches.doubt(recovered: [Self.x]) != nil)
        #expect(branches.doubt(recovered: []) == nil)
        let prepared = Array(RecordedBinlogs.first.prefix(1622))
        #expect(try ending([prepared, RecordedBinlogs.second]).branches.doubt(recovered: []) != nil)
        #expect(try ending([prepared, RecordedBinlogs.first]).branches.doubt(recovered: []) == nil)
    }

    private static func event(_ type: BinlogEventType, _ body: [UInt8], end: UInt64) -> BinlogEvent {
        BinlogEvent(type: type, isInUse: false, time: 0, serverID: 1, body: body[...], start: end - 5, end: end)
    }

    @Test(
        arguments: [
            (["XA START X'78',X'',1", "prepare 0"], XABranches.State.prepared),
            (["XA START X'78',X'',1", "prepare 1"], .ended),
            (["XA START X'78',X'',1", "prepare 0", "XA COMMIT X'78',X'',1"], .ended),
            (["XA START X'78',X'',1", "prepare 0", "XA ROLLBACK X'78',X'',1"], .ended),
            (["XA COMMIT X'78',X'',1"], .ended),
            (["XA START X'78',X'',1"], nil),
        ] as [([String], XABranches.State?)]
    )
    func `the statements of MySQL's log tell the state of an XA transaction`(log: [String], state: XABranches.State?)
        throws
    {
        var groups = BinlogGroups(of: "binlog.000001", start: 4)
        for (index, entry) in log.enumerated() {
            let isPrepare = entry.hasPrefix("prepare")
            let body = isPrepare ? [entry.hasSuffix("1") ? 1 : 0] : [UInt8](repeating: 0, count: 14) + Array(entry.utf8)
            if !isPrepare, !entry.hasPrefix("XA END") {
                try groups.append(Self.event(.gtid, [], end: UInt64(index * 10 + 5)))
            }
            let type: BinlogEventType = isPrepare ? .xaPrepare : .query
            try groups.append(Self.event(type, body, end: UInt64(index * 10 + 10)))
        }
        let isHeld = groups.branches.doubt(recovered: [Self.x]) == nil
        let isMissed = groups.branches.doubt(recovered: []) != nil
        #expect(isHeld == (state != .ended))
        #expect(isMissed == (state == .prepared))
    }

    @Test func `very many XA transactions are not kept, and the newest are`() {
        var branches = XABranches()
        for number in 0..<50_000 {
            let xid = XID(format: 1, global: Array("\(number)".utf8), branch: [])
            branches.note(xid, .prepared)
            branches.note(xid, .ended)
        }
        let newest = XID(format: 1, global: Array("49999".utf8), branch: [])
        let oldest = XID(format: 1, global: Array("0".utf8), branch: [])
        #expect(branches.doubt(recovered: [newest]) != nil)
        #expect(branches.doubt(recovered: [oldest]) == nil)
    }
}
