import Archive
import Foundation
import LVMBackup
import Logging
import Testing

@testable import CLI

@Suite struct `The summary of a backup` {
    private var outcome: Outcome {
        var outcome = Outcome(run: "r", ending: .succeeded)
        outcome.set = BackupSet(id: "r", location: "/b/r", manifest: "/b/r/manifest.json")
        (outcome.lockWaitSeconds, outcome.lockHeldSeconds) = (0.045, 0.445)
        return outcome
    }

    private var facts: RunFacts.Values {
        var facts = RunFacts.Values()
        facts.archive = ArchivedSize(bytes: 3 << 20, files: 219)
        return facts
    }

    private func manifest(_ more: String = "") throws -> Manifest {
        let text = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [],
            "timings": {}, "warnings": [], "started": "2026-11-22T10:15:02.000Z",
            "published": "2026-11-22T10:16:02.000Z", "lock": {"plan": "stage", "reason": "x"},
            "coordinates": {"binlog": {"file": "binlog.000002", "position": 52126}, "gtid": "0-1-7", "channels": []},
            "recovery": {"clean": true}, \(more)
            "archive": {"location": "data.tar.zst", "bytes": 3145728, "source_bytes": 125829120, "members": 219,
            "compression": "zstd:1", "excludes": [], "outside": [],
            "parts": [{"name": "data.tar.zst", "bytes": 3145728, "xxh3": "0"}]}}
            """
        return try JSONDecoder().decode(Manifest.self, from: Data(text.utf8))
    }

    @Test func `names the set, sizes, times, the lock and the coordinates`() throws {
        let summary = BackupSummary(
            outcome: outcome,
            facts: facts,
            manifest: try manifest(),
            duration: .milliseconds(9400)
        )
        #expect(
            summary.lines == [
                "published  /b/r",
                "archive    3 MiB for 120 MiB of data (ratio 40), 219 files",
                "time       9.4 s in all, lock waited for 45 ms, lock held for 445 ms, plan \"stage\"",
                "replay     from binlog.000002:52126, GTID 0-1-7",
                "restore    lvmbackup restore /b/r --to DIRECTORY",
            ]
        )
    }

    @Test func `has the parts of the lock beside the time for which it was held`() throws {
        var outcome = outcome
        outcome.lockTimings = LockTimings(
            acquire: 0.045,
            engineLogs: 0.002,
            coordinates: 0.0004,
            snapshot: 0.44,
            release: 0.001
        )
        let lines = BackupSummary(outcome: outcome, facts: facts, manifest: nil, duration: .seconds(1)).lines
        let held = "lock held for 445 ms (engine logs 2 ms, snapshot 440 ms, release 1 ms)"
        #expect(lines.contains("time       1 s in all, lock waited for 45 ms, \(held)"))
    }

    @Test func `has at most eight lines, whatever there is to know`() throws {
        var (outcome, facts, manifest) = (outcome, facts, try manifest())
        outcome.lockTimings = LockTimings(engineLogs: 1, coordinates: 1, snapshot: 1, release: 1)
        outcome.warnings = (0..<20).map { "warning \($0)" }
        manifest.unproven = ["lock", "snapshot"]
        manifest.recovery = nil
        manifest.coordinates?.inexactBecause = "the log was rotated"
        facts.removed = (0..<9).map { "set\($0)" }
        facts.verified = "start"
        let lines = BackupSummary(outcome: outcome, facts: facts, manifest: manifest, duration: .seconds(1)).lines
        #expect(lines.count == 8)
        let note = try #require(lines.first { $0.hasPrefix("note") })
        for part in ["not recovered", "not proven: lock, snapshot", "the log was rotated", "20 warnings"] {
            #expect(note.contains(part), "\(note)")
        }
        #expect(lines.contains { $0.hasSuffix("9 older sets, from set0 on") })
    }

    @Test func `does without a manifest, as for a stream`() {
        var outcome = outcome
        outcome.set = BackupSet(id: "r", location: "-")
        let lines = BackupSummary(outcome: outcome, facts: facts, manifest: nil, duration: .seconds(1)).lines
        #expect(
            lines == [
                "published  standard output", "archive    3 MiB, 219 files",
                "time       1 s in all, lock waited for 45 ms, lock held for 445 ms",
                "restore    lvmbackup restore - --to DIRECTORY < FILE",
            ]
        )
    }

    @Test func `of a kept snapshot names the commands that use it`() throws {
        var facts = facts
        facts.archive = nil
        var manifest = try manifest(
            """
            "snapshot": {"name": "vg/s", "device": "/dev/vg/s", "uuid": "u", "is_thin": false, "is_kept": true},
            """
        )
        manifest.archive = nil
        let lines = BackupSummary(outcome: outcome, facts: facts, manifest: manifest, duration: .seconds(1)).lines
        #expect(lines.first == "snapshot kept  vg/s, described by /b/r")
        #expect(lines.last == "restore        lvmbackup open /b/r, or lvmbackup rollback /b/r")
    }

    @Test func `is silent about a run that published nothing`() {
        let failed = Outcome(run: "r", ending: .failed, failure: Failure(.failed, "x"))
        #expect(BackupSummary(outcome: failed, facts: facts, manifest: nil, duration: .zero).lines == [])
    }

    // MARK: The log beside it

    @Test func `the brief log leaves out the facts of the summary, and no warning`() {
        let shown = Lines()
        let log = EventLog(logger: Logger(label: "t") { _ in shown }, isBrief: true)
        let full = Lines()
        let steps = EventLog(logger: Logger(label: "t") { _ in full })
        let facts: [Fact] = [
            .locked(Fact.Locked(plan: "stage", reason: "x", waitedSeconds: 0)), .unlocked(heldSeconds: 0),
            .warning("odd"),
            .published(BackupSet(id: "r", location: "/b/r")), .leaked(Leak(name: "s", reason: "busy", repair: nil)),
        ]
        for fact in facts {
            let event = Event(run: "r", sequence: 1, time: 0, monotonic: 0, fact: fact)
            log.hear(event)
            steps.hear(event)
        }
        #expect(shown.texts.values == ["odd", "left behind: s"])
        #expect(full.texts.values.count == facts.count)
    }

    static let terminals: [([String: String], Bool, Bool)] = [
        ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
        (["TERM": "dumb"], true, false), ([:], false, false),
    ]

    @Test(arguments: terminals)
    func `colours are for terminals, and never against NO_COLOR`(
        environment: [String: String],
        isTerminal: Bool,
        isColoured: Bool
    ) {
        let console = Console(environment: environment, isTerminal: isTerminal)
        #expect(console.painted("x", .bad) == (isColoured ? "\u{1B}[1;31mx\u{1B}[0m" : "x"))
        #expect(console.painted("x", .plain) == "x")
    }
}

/// A log that keeps its lines.
private struct Lines: LogHandler {
    final class Texts: @unchecked Sendable {
        // The tests above log from one thread.
        var values: [String] = []
    }

    let texts = Texts()
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { texts.values.append("\(event.message)") }
}
