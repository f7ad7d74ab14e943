import Foundation
import TestSupport
import Testing

@testable import CLI
@testable import LVMBackup

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct `The metrics of a run` {
    private let scratch: ScratchDirectory
    private var path: String { scratch.path("lvmbackup.prom") }

    init() throws { scratch = try ScratchDirectory() }

    private func file(_ destination: String = "/backups") throws -> MetricsFile {
        try MetricsFile(path: path, destination: destination, began: 1000)
    }

    private func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private var good: Outcome {
        var outcome = Outcome(run: "r", ending: .succeeded)
        outcome.set = BackupSet(id: "r", location: "/backups/r", manifest: nil)
        outcome.timings = ["lock": 0.25, "archive": 61.5]
        outcome.lockHeldSeconds = 0.125
        outcome.lockWaitSeconds = 0
        outcome.lockTimings = LockTimings(engineLogs: 0.0625, snapshot: 0.03125)
        outcome.warnings = ["a", "b"]
        return outcome
    }

    private func hear(_ file: MetricsFile, _ facts: Fact...) {
        for fact in facts { file.hear(Event(run: "r", sequence: 1, time: 0, monotonic: 0, fact: fact)) }
    }

    @Test func `are those of the run, in the form that Prometheus reads`() throws {
        let file = try file()
        hear(file, .snapshotUsage(0.25), .snapshotUsage(0.5), .snapshotUsage(0.125))
        hear(file, .archived(Fact.Archived(location: "x", bytes: 123_456_789_012, files: 7)))
        file.conclude(good, now: 1_795_342_502.5)
        let samples = try Exposition(text()).samples
        let expected: [String: Double] = [
            "last_run_timestamp_seconds": 1_795_342_502.5, "last_run_success": 1, "last_run_exit_status": 0,
            "last_run_duration_seconds": 1_795_341_502.5, "last_run_lock_held_seconds": 0.125,
            "last_run_lock_wait_seconds": 0, "last_run_snapshot_usage_ratio": 0.5, "last_run_warnings": 2,
            "last_run_left_behind": 0, "last_success_timestamp_seconds": 1_795_342_502.5,
            "last_success_archive_bytes": 123_456_789_012,
        ]
        for (name, value) in expected {
            #expect(samples["lvmbackup_\(name){destination=\"/backups\"}"] == value, "\(name)")
        }
        let step = "lvmbackup_last_run_step_duration_seconds"
        #expect(samples["\(step){destination=\"/backups\",step=\"archive\"}"] == 61.5)
        #expect(samples["\(step){destination=\"/backups\",step=\"lock\"}"] == 0.25)
        let part = "lvmbackup_last_run_lock_part_seconds"
        #expect(samples["\(part){destination=\"/backups\",part=\"engine_logs\"}"] == 0.0625)
        #expect(samples["\(part){destination=\"/backups\",part=\"snapshot\"}"] == 0.03125)
        #expect(samples.count == expected.count + 5)
    }

    @Test func `keep the last success after a failure, and after the next one`() throws {
        let first = try file()
        hear(first, .archived(Fact.Archived(location: "x", bytes: 4096, files: 1)))
        first.conclude(good, now: 2000.25)
        try file().conclude(failure: Failure(.unsuitable, "x"))
        var failed = Outcome(run: "r", ending: .failed, failure: Failure(.deferred, "busy"))
        failed.leaked = [Leak(name: "a", reason: "b", repair: nil)]
        try file().conclude(failed, now: 3000)
        let samples = try Exposition(text()).samples
        #expect(samples["lvmbackup_last_success_timestamp_seconds{destination=\"/backups\"}"] == 2000.25)
        #expect(samples["lvmbackup_last_success_archive_bytes{destination=\"/backups\"}"] == 4096)
        #expect(samples["lvmbackup_last_run_success{destination=\"/backups\"}"] == 0)
        #expect(samples["lvmbackup_last_run_exit_status{destination=\"/backups\"}"] == 3)
        #expect(samples["lvmbackup_last_run_left_behind{destination=\"/backups\"}"] == 1)
        #expect(samples["lvmbackup_last_run_timestamp_seconds{destination=\"/backups\"}"] == 3000)
    }

    @Test(arguments: [
        "lvmbackup_last_success_timestamp_seconds{destination=\"/backups\"} NaN\n",
        "lvmbackup_last_success_timestamp_seconds{destination=\"/backups\"} -1\n",
        "lvmbackup_last_success_timestamp_seconds{destination=\"/backups\"} 1 # more\n",
        "lvmbackup_last_success_timestamp_seconds{destination=\"/other\"} 1\n",
        "lvmbackup_last_success_timestamp_seconds 1\n", "\u{0}\u{1}", "",
    ])
    func `take no success from a file that is not theirs`(old: String) throws {
        try Data(old.utf8).write(to: URL(filePath: path))
        try file().conclude(failure: Failure(.failed, "x"))
        #expect(try Exposition(text()).samples.keys.allSatisfy { !$0.contains("last_success") })
    }

    @Test(arguments: ["a \"quoted\" b", "back\\slash", "line\nbreak", "ü"])
    func `name any destination`(destination: String) throws {
        try file(destination).conclude(good, now: 2000)
        try file(destination).conclude(failure: Failure(.failed, "x"))
        let samples = try Exposition(text()).samples
        #expect(samples.first { $0.key.hasPrefix("lvmbackup_last_success_timestamp_seconds{") }?.value == 2000)
    }

    @Test func `can be read by the collector's user, also under the umask of a run`() throws {
        let old = umask(0o077)
        defer { umask(old) }
        try file().conclude(good)
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o644)
        #expect(try scratch.names == ["lvmbackup.prom"])
    }

    @Test func `are refused before the run where the file is a link`() throws {
        symlink("/etc/passwd", path)
        #expect(throws: Failure.self) { try file() }
    }

    @Test func `are not made of a dry run, nor without the setting`() throws {
        var settings = Settings()
        #expect(try MetricsFile(settings) == nil)
        settings.set(.metrics, path)
        #expect(try MetricsFile(settings) != nil)
        settings.set(.dryRun, true)
        #expect(try MetricsFile(settings) == nil)
    }
}

/// Prometheus' text format as its parser and `promtool check metrics` read it.
private struct Exposition {
    private(set) var samples: [String: Double] = [:]

    init(_ text: String) throws {
        try #require(text.hasSuffix("\n"))
        let units = ["_seconds", "_bytes", "_ratio", "_info", "_success", "_status", "_warnings", "_left_behind"]
        var family: String?
        var seen: Set<String> = []
        let sample = try Regex(
            #"^([a-z][a-z_]*)\{([a-z]+="(?:[^"\\]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\]|\\[\\"n])*")*)\} ([0-9.e+-]+)$"#,
            as: (Substring, Substring, Substring, Substring).self
        )
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()[...]
        while let line = lines.popFirst() {
            if line.hasPrefix("# HELP ") {
                let name = String(line.split(separator: " ")[2])
                #expect(seen.insert(name).inserted, "\(name) comes twice")
                #expect(lines.popFirst() == "# TYPE \(name) gauge")
                #expect(units.contains { name.hasSuffix($0) }, "\(name)")
                family = name
                continue
            }
            let found = try #require(try sample.wholeMatch(in: line)?.output, "\(line)")
            #expect(String(found.1) == family)
            let key = "\(found.1){\(found.2)}"
            #expect(samples.updateValue(try #require(Double(found.3)), forKey: key) == nil, "\(key) comes twice")
        }
    }
}
