import Foundation
import Testing

/// The host that faults are tried on: a small volume, a writer, and a snapshot that is none of ours.
actor FaultStage {
    private let watch: StallWatch
    private let host: DatabaseHost
    private var base: Traces
    private var sets: PublishedSets

    /// A new host, with a first backup on it.
    static func start() async throws -> FaultStage {
        let host = try await DatabaseHost.fresh()
        try await check("lvcreate", "-q", "-y", "-Wy", "-n", "other", "-L", "16M", "lab")
        // The name that other tools give theirs.
        try await check("lvcreate", "-q", "-y", "-s", "-n", "mysql_snapshot", "-L", "8M", "lab/other")
        let first = try await Backup.run(Lab.destination)
        #expect(first.status == 0, first.report)
        let watch = try await StallWatch.start()
        return FaultStage(host: host, watch: watch, base: try await .now(), sets: try PublishedSets())
    }

    /// The stage that the row before left, or a new one.
    static func shared() async throws -> FaultStage { try await Standing.shared.stage() }

    /// Ends the writer; the next scenario gets another host.
    func end() async throws {
        try await watch.stop()
        await DatabaseHost.forget()
    }

    private actor Standing {
        static let shared = Standing()
        private var standing: FaultStage?

        func stage() async throws -> FaultStage {
            if let standing { return standing }
            let stage = try await FaultStage.start()
            standing = stage
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
        let run = try await RunUnderFault.of(row)
        var stall: Double?
        if let struck = run.struck { stall = try await watch.longest(after: struck) }
        let left = try await leftovers()
        var stayed = left
        if !left.isEmpty {
            let cleanup = try await Command([Lab.product("lvmbackup"), "cleanup"]).wait()
            stayed = try await leftovers()
            if !stayed.isEmpty { print("cleanup: \(cleanup.report)") }
        }
        var sets = sets
        let published = try await sets.news(of: run, mayRemove: row.options.contains("--keep-last"))
        self.sets = sets
        let result = FaultResult(
            row: row,
            status: run.result.status,
            isPublished: published,
            stall: stall,
            left: left,
            stayed: stayed
        )
        expect(result, run)
        if !stayed.isEmpty { try await rebase() }
        return result
    }

    private func expect(_ result: FaultResult, _ run: RunUnderFault) {
        let row = result.row
        let report: Comment = "\(row.testDescription): \(run.result.report)"
        #expect(run.struck != nil || !row.isCertain, "the fault did not strike: \(report)")
        #expect(row.statuses.contains(run.result.status), "expected \(row.statuses.sorted()): \(report)")
        for words in row.says { #expect(run.said.contains(words), "\"\(words)\" is not said: \(report)") }
        #expect(result.stayed == [], report)
        if !row.mayLeave { #expect(result.left == [], report) }
        if run.struck != nil {
            #expect(result.stall ?? .infinity <= row.stallLimit, "a writer waited: \(report)")
        }
        #expect(!result.isPublished || [0, 2, 137].contains(run.result.status), "published, and failed: \(report)")
        #expect(
            result.isPublished || ![0, 2].contains(run.result.status),
            "succeeded, and published nothing: \(report)"
        )
    }

    /// What is there that was not before; also what is missing.
    private func leftovers() async throws -> [String] {
        let now = try await Traces.now()
        var found: [String] = []
        func note(_ what: String, _ things: Set<String>) { found += things.sorted().map { "\(what) \($0)" } }
        note("volume", now.volumes.subtracting(base.volumes))
        note("missing volume", base.volumes.subtracting(now.volumes))
        note("mount", now.mounts.subtracting(base.mounts))
        note("missing mount", base.mounts.subtracting(now.mounts))
        note("process", now.processes.subtracting(base.processes))
        note("lock", now.locks.subtracting(base.locks))
        note("suspended", now.suspendedDevices)
        note("file", now.temporaryFiles.subtracting(base.temporaryFiles).filter(isTemporary))
        return found
    }

    /// The next row is not to suffer from this one.
    private func rebase() async throws {
        base = try await .now()
    }
}
