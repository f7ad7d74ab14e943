import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

/// A binary log made by hand, of MySQL's kind and without checksums.
private struct HandmadeLog {
    private(set) var bytes: [UInt8] = [0xFE, 0x62, 0x69, 0x6E]
    /// Where each transaction ends.
    private(set) var ends: [UInt64] = []

    init(isInUse: Bool = false) {
        // The kind of checksum, none, is the fifth byte from the end.
        add(15, [UInt8](repeating: 0, count: 70), flags: isInUse ? 1 : 0)
    }

    /// - Parameter committed: in microseconds since 1970.
    mutating func transaction(_ number: UInt8, committed: UInt64) {
        var gtid: [UInt8] = [0] + [UInt8](repeating: 0xAB, count: 16) + [number, 0, 0, 0, 0, 0, 0, 0]
        gtid += [2] + [UInt8](repeating: 0, count: 16)
        gtid += (0..<7).map { UInt8(truncatingIfNeeded: committed >> (8 * $0)) }
        add(33, gtid)
        add(2, [UInt8](repeating: 0, count: 14) + Array("BEGIN".utf8))
        add(16, [UInt8](repeating: 0, count: 8))
        ends.append(UInt64(bytes.count))
    }

    mutating func rotate(to name: String) { add(4, [4, 0, 0, 0, 0, 0, 0, 0] + Array(name.utf8)) }

    mutating func stop() { add(3, []) }

    mutating func incident() { add(26, [1, 0, 0]) }

    private mutating func add(_ type: UInt8, _ body: [UInt8], flags: UInt8 = 0) {
        let size = UInt32(19 + body.count)
        var header = [UInt8](repeating: 0, count: 19)
        header[4] = type
        for index in 0..<4 { header[9 + index] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(index))) }
        header[17] = flags
        bytes += header + body
    }
}

@Suite struct ReplayPlanTests {
    private let scratch: ScratchDirectory
    private static let uuid = "abababab-abab-abab-abab-abababababab"

    init() throws { scratch = try ScratchDirectory() }

    private func plan(
        _ target: ReplayTarget,
        from file: String = "binlog.000001",
        _ position: UInt64,
        ofData moment: Double? = nil
    ) throws -> ReplayPlan {
        let start = Coordinates(binlog: .init(file: file, position: position))
        return try ReplayPlan(to: target, from: start, ofData: moment, in: scratch.path)
    }

    private func expectRefused(_ part: String, _ work: () throws -> ReplayPlan) {
        let error = #expect(throws: MySQLError.self) { try work() }
        guard case .replay(let reason, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(part), "\(reason)")
    }

    /// Three logs: transactions 1 to 9, committed at their numbers in seconds; three in each log.
    private func writeThree(_ change: (Int, inout HandmadeLog) -> Void = { _, _ in }) throws -> [HandmadeLog] {
        try (1...3).map { file in
            var log = HandmadeLog(isInUse: file == 3)
            for number in 1...3 {
                let transaction = UInt8((file - 1) * 3 + number)
                log.transaction(transaction, committed: UInt64(transaction) * 1_000_000)
            }
            if file < 3 { log.rotate(to: "binlog.00000\(file + 1)") }
            change(file, &log)
            try scratch.write(log.bytes, to: "binlog.00000\(file)")
            return log
        }
    }

    @Test func `a time takes every transaction that was committed before it, in any of the logs`() throws {
        let logs = try writeThree()
        for (time, file, index) in [(2.0, 1, 0), (2.000001, 1, 1), (4.0, 1, 2), (4.5, 2, 0), (8.25, 3, 1)] {
            let plan = try plan(.time(time), 4)
            #expect(plan.stop.file == "binlog.00000\(file)")
            #expect(plan.stop.position == logs[file - 1].ends[index])
            #expect(plan.stop.time == Double((file - 1) * 3 + index + 1))
            #expect(plan.transactions == (file - 1) * 3 + index + 1)
            #expect(plan.isReached)
        }
        let late = try plan(.time(1e9), logs[0].ends[1])
        #expect(late.transactions == 7)
        #expect(!late.isReached)
    }

    /// The data has transactions 1 and 2, and is of 2.5.
    @Test func `a time before the backup is refused where the data has what the time excludes`() throws {
        let logs = try writeThree()
        let end = logs[0].ends[1]
        for time in [0.5, 1.5, 2] { expectRefused("before the backup") { try plan(.time(time), end, ofData: 2.5) } }
        // Between the last transaction and the snapshot nothing was changed.
        let idle = try plan(.time(2.2), end, ofData: 2.5)
        #expect(idle.transactions == 0)
        #expect(idle.stop == .init(file: "binlog.000001", position: end))
        #expect(try plan(.time(2.6), end, ofData: 2.5).transactions == 0)
        #expect(try plan(.time(3.5), end, ofData: 2.5).transactions == 1)
        // Where the log has nothing before the backup the manifest alone tells.
        expectRefused("before the backup") { try plan(.time(3.2), from: "binlog.000002", 4, ofData: 3.5) }
        #expect(try plan(.time(3.5), from: "binlog.000002", 4, ofData: 3.5).transactions == 0)
        // A log behind it that has no transaction for a while.
        expectRefused("before the backup") { try plan(.time(5.5), from: "binlog.000002", logs[1].ends[2], ofData: 6.5) }
    }

    @Test func `a position takes what is before it, and must be the end of a transaction`() throws {
        let logs = try writeThree()
        for (file, index) in [(1, 1), (1, 2), (2, 0), (3, 2)] {
            let end = logs[file - 1].ends[index]
            let plan = try plan(.position(file: "binlog.00000\(file)", end), 4)
            #expect(plan.stop.file == "binlog.00000\(file)" && plan.stop.position == end)
            #expect(plan.transactions == (file - 1) * 3 + index + 1)
            #expect(plan.parts.last?.range.upperBound == end)
        }
        let inside = logs[1].ends[0] + 5
        expectRefused("inside a transaction") { try plan(.position(file: "binlog.000002", inside), 4) }
        // The head of the log, before its first transaction.
        for position: UInt64 in [0, 3] {
            expectRefused("before the first event") { try plan(.position(file: "binlog.000002", position), 4) }
        }
        expectRefused("inside an event") { try plan(.position(file: "binlog.000002", 5), 4) }
        #expect(try plan(.position(file: "binlog.000002", 4), 4).transactions == 3)
        expectRefused("cut off") { try plan(.position(file: "binlog.000003", 99_999), 4) }
        expectRefused("before the backup") {
            try plan(.position(file: "binlog.000001", logs[0].ends[0]), logs[0].ends[1])
        }
        expectRefused("is missing") { try plan(.position(file: "binlog.000004", 200), 4) }
        expectRefused("no log of the server") { try plan(.position(file: "other.000001", 200), 4) }
    }

    @Test func `a GTID takes its transaction and all before it`() throws {
        let logs = try writeThree()
        let plan = try plan(.gtid(["\(Self.uuid):5"]), 4)
        #expect(plan.stop == .init(file: "binlog.000002", position: logs[1].ends[1], gtid: "\(Self.uuid):5", time: 5))
        #expect(plan.transactions == 5)
        expectRefused("no transaction with the GTID") { try self.plan(.gtid(["\(Self.uuid):1"]), logs[0].ends[0]) }
        expectRefused("no transaction with the GTID") { try self.plan(.gtid(["\(Self.uuid):10"]), 4) }
    }

    @Test func `a log that is missing, damaged or cut off before the target is refused by name`() throws {
        let logs = try writeThree()
        try scratch.write(logs[1].bytes.dropLast(60), to: "binlog.000002")
        expectRefused("\"binlog.000002\" is cut off") { try plan(.time(9), 4) }
        #expect(try plan(.time(4.5), 4).transactions == 4)
        var damaged = logs[1].bytes
        damaged[Int(logs[1].ends[0]) + 9] ^= 0x40
        try scratch.write(damaged, to: "binlog.000002")
        expectRefused("\"binlog.000002\" is cut off") { try plan(.time(9), 4) }
        try remove("binlog.000002")
        expectRefused("\"binlog.000002\" is missing") { try plan(.time(9), 4) }
        #expect(try plan(.time(2.5), 4).transactions == 2)
        try remove("binlog.000001")
        expectRefused("\"binlog.000001\", in which the backup ends, is missing") { try plan(.time(2.5), 4) }
    }

    @Test func `a log of a crashed server goes on in the next one, a copy of a log in use does not`() throws {
        for (isInUse, isRefused) in [(false, false), (true, true)] {
            var first = HandmadeLog(isInUse: isInUse)
            first.transaction(1, committed: 1_000_000)
            try scratch.write(first.bytes, to: "binlog.000001")
            var second = HandmadeLog()
            second.transaction(2, committed: 2_000_000)
            second.stop()
            try scratch.write(second.bytes, to: "binlog.000002")
            if isRefused {
                expectRefused("\"binlog.000001\" is cut off") { try plan(.time(9), 4) }
            } else {
                #expect(try plan(.time(9), 4).transactions == 2)
            }
        }
    }

    @Test func `logs of MariaDB lead from one to the next by rotation or by their lists of GTIDs`() throws {
        try scratch.write(RecordedBinlogs.first, to: "binlog.000001")
        try scratch.write(RecordedBinlogs.second, to: "binlog.000002")
        let whole = try plan(.gtid(["0-1-9"]), 610)
        #expect(whole.transactions == 9)
        #expect(whole.stop.file == "binlog.000002" && whole.stop.position == 676)
        #expect(try plan(.gtid(["7-1-1"]), 448).stop.position == 1911)
        // Without its rotation: the list at the beginning of the next log shows that nothing is missing.
        try scratch.write(RecordedBinlogs.first.prefix(1911), to: "binlog.000001")
        #expect(try plan(.gtid(["0-1-9"]), 610).transactions == 9)
        try scratch.write(RecordedBinlogs.first.prefix(1750), to: "binlog.000001")
        expectRefused("\"binlog.000001\" is cut off") { try plan(.gtid(["0-1-9"]), 610) }
    }

    @Test func `a log in which the server reports lost events is not replayed behind them`() throws {
        var log = HandmadeLog()
        log.transaction(1, committed: 1_000_000)
        log.incident()
        log.transaction(2, committed: 3_000_000)
        log.transaction(3, committed: 9_000_000)
        try scratch.write(log.bytes, to: "binlog.000001")
        expectRefused("could not log all its changes") { try plan(.time(5), 4) }
        #expect(try plan(.time(5), log.ends[1]).transactions == 0)
    }

    @Test func `a position that is no end of a transaction is none of this server's`() throws {
        try scratch.write(RecordedBinlogs.first, to: "binlog.000001")
        for position in [5, 447, 500, 1800] as [UInt64] {
            expectRefused("no transaction ends at \(position)") { try plan(.time(9e9), position) }
        }
        expectRefused("no transaction ends at") { try plan(.time(9e9), 99_999) }
    }

    @Test func `without an exact position nothing is replayed`() throws {
        expectRefused("no position") {
            try ReplayPlan(to: .time(1), from: Coordinates(gtid: "0-1-1"), ofData: nil, in: scratch.path)
        }
        var inexact = Coordinates(binlog: .init(file: "binlog.000001", position: 4))
        inexact.inexactBecause = "a test says so"
        expectRefused("a test says so") { try ReplayPlan(to: .time(1), from: inexact, ofData: nil, in: scratch.path) }
    }

    private func remove(_ name: String) throws { try HeldDirectory(scratch.path).remove(FileName(name)) }
}

@Suite struct ReplayTargetTests {
    @Test(
        arguments: [
            ("binlog.000042:1234", .position(file: "binlog.000042", 1234)),
            ("mysql-bin.1000000:4", .position(file: "mysql-bin.1000000", 4)),
            ("0-1-5", .gtid(["0-1-5"])),
            ("0-1-5, 7-2-9", .gtid(["0-1-5", "7-2-9"])),
            ("ABABABAB-abab-abab-abab-abababababab:17", .gtid(["abababab-abab-abab-abab-abababababab:17"])),
            ("@1700000000.5", .time(1_700_000_000.5)),
            ("2026-11-28T04:05:06Z", .time(1_795_838_706)),
            ("2026-11-28 04:05:06.25+02:00", .time(1_795_831_506.25)),
            ("2026-11-28 04:05-0130", .time(1_795_844_100)),
        ] as [(String, ReplayTarget)]
    )
    func `a target is a position, a GTID or a time`(text: String, target: ReplayTarget) throws {
        #expect(try ReplayTarget(text) == target)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "2026-02-30", "2026-11-28 25:00", "2026-11-28 04:05:60", "binlog.42:7",
        "/etc/binlog.000001:4", "0-1", "0-1-", "@", "@-5", "2026-11-28 04:05+25:00", "2026-11-28x", "binlog.000001:",
        "abab:5", "2026-11-28 04:05:06 +02:00 ",
    ])
    func `anything else is refused`(text: String) {
        #expect(throws: MySQLError.self) { try ReplayTarget(text) }
    }

    @Test func `a date is midnight, not a GTID`() throws {
        guard case .time = try ReplayTarget("2026-11-28") else {
            Issue.record("2026-11-28 is no time")
            return
        }
    }
}
