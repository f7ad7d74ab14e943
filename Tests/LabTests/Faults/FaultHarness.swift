import Foundation
import Testing

/// The host that faults are tried on: a small volume, a writer, and a snapshot that is none of ours.
actor FaultHarness {
    private let watch: StallWatch
    private let host: DatabaseHost
    private var base: Traces
    private var sets: PublishedSets

    /// A new host, with a first backup on it.
    static func start(isThin: Bool = false) async throws -> FaultHarness {
        let host = try await DatabaseHost.fresh(Layout(isThin: isThin))
        try await check("lvcreate", "-q", "-y", "-Wy", "-n", "other", "-L", "16M", "lab")
        // The name that other tools give theirs.
        try await check("lvcreate", "-q", "-y", "-s", "-n", "mysql_snapshot", "-L", "8M", "lab/other")
        let first = try await Backup.run(Lab.destination)
        #expect(first.status == 0, first.report)
        let watch = try await StallWatch.start()
        return FaultHarness(host: host, watch: watch, base: try await .now(), sets: try PublishedSets())
    }

    /// The stage that the row before left, or a new one.
    static func shared(isThin: Bool = false) async throws -> FaultHarness {
        try await Standing.shared.stage(isThin: isThin)
    }

    /// Ends the writer; the next scenario gets another host.
    func end() async throws {
        try await watch.stop()
        await DatabaseHost.forget()
    }

    private actor Standing {
        static let shared = Standing()
        private var standing: (stage: FaultHarness, isThin: Bool)?

        func stage(isThin: Bool) async throws -> FaultHarness {
            if let standing, standing.isThin == isThin { return standing.stage }
            try await standing?.stage.end()
            standing = nil
            let stage = try await FaultHarness.start(isThin: isThin)
            standing = (stage, isThin)
            return stage
        }
    }

    private init(host: DatabaseHost, watch: StallWatch, base: Traces, sets: PublishedSets) {
        self.host = host
        self.watch = watch
        self.base = base
        self.sets = sets
    }

    /// Runs the command with the row's fault, and looks at everything.
    func run(_ row: FaultRow) async throws -> FaultResult {
        try await setDurability(row.isLoose ? 0 : 1)
        let run = try await RunUnderFault.of(row)
        var stall: Double?
        if let struck = run.struck { stall = try await watch.longest(after: struck) }
        let left = try await Traces.now().changes(since: base)
        var stayed = left
        if !left.isEmpty {
            let cleanup = try await Command([Lab.product("lvmbackup"), "cleanup"]).wait()
            stayed = try await Traces.now().changes(since: base)
            if !stayed.isEmpty { print("cleanup: \(cleanup.report)") }
        }
        var sets = sets
        let mayRemove = row.options.contains("--keep-last")
        let load = try await watch.report()
        let new = try await sets.new("\(run.result.report)", mayRemove: mayRemove)
        self.sets = sets
        var proof: SetProof?
        if let new { proof = try await .of(new, struck: run.struck, load: load) }
        var result = FaultResult(
            row: row,
            status: run.result.status,
            proof: proof,
            stall: stall,
            left: left,
            stayed: stayed
        )
        var stallLimit = row.stallLimit
        if let stall, stall > stallLimit { stallLimit = try await max(stallLimit, 2 * stallWithoutFault()) }
        result.complaints = complaints(about: result, run, stallLimit: stallLimit)
        let durability = try await host.query("SELECT @@global.innodb_flush_log_at_trx_commit").first?.first
        if durability != (row.isLoose ? "0" : "1") { result.complaints.append("the durability of commits is changed") }
        #expect(result.complaints == [], "\(row.testDescription): \(run.result.report)")
        if !stayed.isEmpty { try await rebase() }
        return result
    }

    /// How long the writer waits beside a backup without a fault, in seconds: on a machine that is short of processor
    /// time just now, this is longer than the limit of a row.
    private func stallWithoutFault() async throws -> Double {
        let start = monotonicSeconds()
        let backup = try await Backup.run(Lab.destination)
        #expect(backup.status == 0, backup.report)
        sets = try PublishedSets()
        return try #require(try await watch.longest(after: start), "the writer has written nothing")
    }

    private func complaints(about result: FaultResult, _ run: RunUnderFault, stallLimit: Double) -> [String] {
        let row = result.row
        let status = run.result.status
        var complaints: [String] = []
        func expect(_ isMet: Bool, _ complaint: String) { if !isMet { complaints.append(complaint) } }
        expect(run.struck != nil || !row.isCertain, "the fault did not strike")
        expect(row.statuses.contains(status), "exit status \(status) for \(row.statuses.sorted())")
        for words in row.says { expect(run.said.contains(words), "does not say \"\(words)\"") }
        // A terminal that is gone has no reader.
        if status == 1, row.wrapper.isEmpty {
            let cause = run.cause ?? "nothing"
            expect(row.expectedCauses.contains { cause.contains($0) }, "names as its cause: \(cause)")
        }
        expect(result.stayed.isEmpty, "stays: \(result.stayed)")
        expect(result.left.allSatisfy(row.mayLeave.allows), "left: \(result.left)")
        expect(run.struck == nil || result.stall ?? .infinity <= stallLimit, "a writer waited too long")
        expect(!result.isPublished || [0, 2, 137].contains(status), "published, and failed")
        expect(result.isPublished || ![0, 2].contains(status), "succeeded, and published nothing")
        return complaints
    }

    /// - Parameter value: of `innodb_flush_log_at_trx_commit`.
    func setDurability(_ value: Int) async throws {
        try await host.query("SET GLOBAL innodb_flush_log_at_trx_commit = \(value)")
    }

    /// The next row is not to suffer from this one.
    private func rebase() async throws {
        base = try await .now()
    }
}
