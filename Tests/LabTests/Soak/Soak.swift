import Foundation
import Testing

/// Runs in a row on one host under load, about half of them with a fault, and without a cleanup between them.
struct Soak {
    private let host: DatabaseHost
    private let base: Traces
    private var sets: PublishedSets
    private let foreign: String
    private(set) var tally = SoakTally()
    private let seed: UInt64

    /// A run of a chapter, for what is known of it only when the load has ended.
    private struct Past {
        var number: Int
        var span: ClosedRange<Double>
        var limit: Double
        var isDisturbed: Bool
        var set: BackupSet?
        var told: String
    }

    static func start(seed: UInt64) async throws -> Soak {
        let host = try await DatabaseHost.fresh(Layout(size: "600M"))
        try await check("lvcreate", "-q", "-y", "-Wy", "-n", "other", "-L", "16M", "lab")
        // The name that other tools give theirs.
        try await check("lvcreate", "-q", "-y", "-s", "-n", "mysql_snapshot", "-L", "8M", "lab/other")
        let first = try await Backup.run(Lab.destination)
        #expect(first.status == 0, first.report)
        return Soak(
            host: host,
            base: try await .now(),
            sets: try PublishedSets(),
            foreign: try await foreignSnapshot(),
            seed: seed
        )
    }

    private init(host: DatabaseHost, base: Traces, sets: PublishedSets, foreign: String, seed: UInt64) {
        self.host = host
        self.base = base
        self.sets = sets
        self.foreign = foreign
        self.seed = seed
    }

    /// A snapshot that is not lvmbackup's: its attributes and its content.
    private static func foreignSnapshot() async throws -> String {
        let fields = "lv_uuid,lv_attr,lv_size,origin,lv_tags,data_percent"
        return try await check("lvs", "--noheadings", "-o", fields, "lab/mysql_snapshot")
            + check("cksum", "/dev/lab/mysql_snapshot")
    }

    func sample() async throws -> SoakSample { try await .take(host) }

    /// Runs under one load, whose rows are then looked for in the set of the last run, and in the last one that was
    /// published in spite of a fault.
    mutating func chapter(_ numbers: ClosedRange<Int>) async throws {
        // The data is as large in each chapter as it was in the one before.
        try await host.query("RESET MASTER; TRUNCATE `load`.innodb; TRUNCATE `load`.myisam")
        let load = try await Load.start(innodb: 2, myisam: 1, pause: 0.05, seconds: 7200)
        var past: [Past] = []
        for number in numbers {
            var dice = Dice(seed: seed, run: number)
            let isDisturbed = dice.isHeads() && number < numbers.upperBound
            past.append(try await isDisturbed ? disturbed(number, &dice) : undisturbed(number, &dice))
        }
        try await Task.sleep(for: .seconds(1))
        let report = try await load.stop()
        for run in past { judge(run, report) }
        for run in chosen(past) { try await restore(run, report) }
        #expect(try await Self.foreignSnapshot() == foreign)
    }

    // MARK: One run

    private mutating func undisturbed(_ number: Int, _ dice: inout Dice) async throws -> Past {
        let options = SoakOptions(&dice, maxLock: 10)
        let begin = monotonicSeconds()
        let backup = try Backup(
            await Command([Lab.product("lvmbackup"), "--json"] + options.arguments + [Lab.destination]).wait()
        )
        let span = begin...monotonicSeconds()
        let told = "run \(number), undisturbed, \(options.arguments)"
        #expect(backup.status == 0, "\(told): \(backup.report)")
        if options.recovers { #expect(backup.event("recovered")?["clean"].bool == true, "\(told): \(backup.report)") }
        let left = try await Traces.now().changes(since: base)
        #expect(left == [], "\(told): \(backup.report)")
        let set = try await sets.new("\(told): \(backup.report)")
        #expect(set != nil, "\(told): \(backup.report)")
        try tally.note(told, "undisturbed", backup.status, isPublished: set != nil, hasStruck: nil, span)
        return Past(number: number, span: span, limit: 11, isDisturbed: false, set: set, told: told)
    }

    private mutating func disturbed(_ number: Int, _ dice: inout Dice) async throws -> Past {
        let options = SoakOptions(&dice, maxLock: 4)
        let row = SoakFaults.row(options, &dice)
        let begin = monotonicSeconds()
        let run = try await RunUnderFault.of(row)
        let span = begin...monotonicSeconds()
        let told = "run \(number), \(row.testDescription), LVMBACKUP_FAULT='\(row.injection)' \(row.options)"
        let status = run.result.status
        let set = try await sets.new("\(told): \(run.result.report)")
        #expect(row.statuses.contains(status) && !run.result.isTimedOut, "\(told): \(run.result.report)")
        #expect(set == nil || [0, 2, 137].contains(status), "published, and failed: \(told): \(run.result.report)")
        #expect(set != nil || ![0, 2].contains(status), "succeeded without a set: \(told): \(run.result.report)")
        try tally.note(told, row.fault, status, isPublished: set != nil, hasStruck: run.struck != nil, span)
        return Past(number: number, span: span, limit: 5, isDisturbed: true, set: set, told: told)
    }

    // MARK: After a chapter

    private mutating func judge(_ run: Past, _ report: Load.Report) {
        let stall = max(report.longestStall("innodb", in: run.span), report.longestStall("myisam", in: run.span))
        #expect(stall > 0 && stall <= run.limit, "a writer waited \(stall) s: \(run.told)")
        tally.note(stall, isDisturbed: run.isDisturbed)
    }

    private func chosen(_ past: [Past]) -> [Past] {
        let disturbed = past.last { $0.isDisturbed && $0.set.map { sets.directories.contains($0.directory) } == true }
        return [disturbed, past.last].compactMap(\.self)
    }

    /// A server on the set has exactly what was acknowledged before the freeze.
    private mutating func restore(_ run: Past, _ report: Load.Report) async throws {
        let set = try #require(run.set, "\(run.told)")
        let lock = set.manifest["lock"]
        let freeze = try #require(lock["granted_at"].number)...#require(lock["release_sent_at"].number)
        // Data that was not recovered needs its binary log to start.
        let isRecovered = set.manifest["recovery"]["clean"].bool == true
        try await RestoredServer.of(set, isRecovered ? ["--skip-log-bin"] : ["--log-bin=binlog"]) { restored in
            try await expectExactlyTheFreeze(restored, freeze, report, tables: ["innodb", "myisam"])
            try await expectClosedTables(restored)
        }
        tally.restored.append(run.number)
    }

    /// How many sets were read to their end.
    var verified: Int { sets.verified }
}
