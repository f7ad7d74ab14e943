import Archive
import Foundation
import LVMBackup
import Logging
import TestSupport
import Testing

@testable import CLI

@Suite struct `Rendering for people` {
    @Test func `a failure is shown with its cause, the released things and the advice`() {
        var outcome = Outcome(
            run: "r",
            ending: .failed,
            failure: Failure(.failed, "the group \"vg0\" is full", advice: "add a disk", step: .snapshot)
        )
        outcome.leaked = [Leak(name: "snapshot \"s\"", reason: "it is busy", repair: "lvremove vg0/s")]
        #expect(
            Summary(outcome: outcome, released: ["lock", "session"]).lines == [
                "no backup: snapshot: the group \"vg0\" is full",
                "  advice: add a disk",
                "  cleaned up: lock, session",
                "  LEFT BEHIND: snapshot \"s\": it is busy",
                "  repair it with: lvremove vg0/s",
            ]
        )
    }

    @Test func `progress that a hook tells is a share, not bytes`() {
        var state = ProgressBar.State()
        state.step = .archive
        state.progress = Progress(step: .archive, fraction: 0.5)
        let line = state.line(width: 80)
        #expect(line.hasPrefix("archive  [##########..........]  50 %"), "\(line)")
        #expect(!line.contains("/s"))
    }

    /// A restore's total is a number of the manifest.
    @Test(arguments: [Int64.max, 1 << 40]) func `a bar takes any total`(total: Int64) {
        var state = ProgressBar.State()
        state.step = .restore
        state.began = ContinuousClock.now - .seconds(100_000)
        state.progress = Progress(step: .restore, bytes: 1, totalBytes: total, files: 0)
        #expect(state.line(width: 200).hasSuffix("B/s  ages left"))
    }

    @Test func `hooks that failed are named where they count`() {
        var outcome = Outcome(run: "r", ending: .succeeded)
        outcome.failedHooks = ["a/on.finished"]
        #expect(Summary(outcome: outcome, released: []).lines == [])
        outcome.strictHooks = true
        #expect(
            Summary(outcome: outcome, released: []).lines == ["  hooks that failed (--strict-hooks): a/on.finished"]
        )
    }

    @Test(arguments: ["1e300", "-1e300", "9.3e15", "0.25"])
    func `a set is listed with any numbers in its manifest`(number: String) async throws {
        let scratch = try ScratchDirectory()
        try scratch.directory("daily")
        let manifest = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [],
            "timings": {"lock": \(number)}, "warnings": [], "started": "9999-12-31T23:59:59.999Z",
            "published": "0001-01-01T00:00:00.000Z", "lock": {"plan": "p", "reason": "r", "held_seconds": \(number)},
            "archive": {"location": "data.tar", "bytes": -9223372036854775808, "source_bytes": 9223372036854775807,
            "members": 9223372036854775807, "compression": "none", "excludes": [], "outside": [], "parts": []}}
            """
        try scratch.write(manifest, to: "daily/manifest.json")
        let lines = try await SetList.read(scratch.path).items.map { SetLine($0) }
        #expect(lines.map(\.name) == ["daily"])
        #expect(SetTable(lines).lines.count == 2)
        #expect(lines.first?.columns(now: 0).contains("250 ms") == (number == "0.25"))
    }

    @Test func `a narrow terminal gets fewer columns, and reasons below`() async throws {
        let scratch = try ScratchDirectory()
        let set = "20261128T040506Z-7f3a"
        try scratch.directory(set)
        let manifest = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [], "timings": {},
            "warnings": [], "started": "2026-11-28T04:05:06.000Z", "published": "2026-11-28T04:05:06.000Z",
            "server": {"flavour": "MariaDB", "version": "10.11.14", "datadir": "/d", "is_replica": false, "engines": []},
            "archive": {"location": "data.tar", "bytes": 5, "source_bytes": 5, "members": 1, "excludes": [],
            "outside": [], "parts": [{"name": "data.tar", "bytes": 5, "xxh3": "0"}]}}
            """
        try scratch.write(manifest, to: set + "/manifest.json")
        let sets = try await SetList.read(scratch.path).items.map { SetLine($0) }
        #expect(SetTable(sets, now: 1_800_000_000).lines.first?.contains("SERVER") == true)
        let lines = SetTable(sets, now: 1_800_000_000, limit: 80).lines
        #expect(lines.allSatisfy { $0.count <= 80 }, "\(lines)")
        #expect(lines.first?.split(separator: " ") == ["SET", "AGE", "KIND", "SIZE", "LOCKED", "VERIFIED", "KEPT"])
        #expect(lines.last == "  there is no regular file \"data.tar\" in it")
    }

    @Test func `a set whose archive is elsewhere names the place and the way back`() async throws {
        let scratch = try ScratchDirectory()
        try scratch.directory("r")
        let manifest = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [],
            "timings": {"lock": 0.5, "archive": 60}, "warnings": [], "started": "2026-11-28T04:05:06.000Z",
            "published": "2026-11-28T04:05:06.000Z",
            "lock": {"plan": "stage", "reason": "x", "waited_seconds": 0.1, "held_seconds": 0.4},
            "archive": {"location": "rclone:s3:b/r.tar.zst", "bytes": 5, "source_bytes": null, "members": 1,
            "excludes": [], "outside": [], "parts": []}}
            """
        try scratch.write(manifest, to: "r/manifest.json")
        let list = try await SetList.read(scratch.path)
        let item = try list.find("r")
        let lines = SetDescription(
            place: SetPlace(destination: scratch.path, name: "r"),
            item: item,
            manifest: try #require(item.manifest),
            kept: await KeptStates(of: [item])
        ).lines
        #expect(lines.contains { $0.contains("rclone:s3:b/r.tar.zst. Restore a tar file from there") })
        #expect(lines.contains("lock held  400 ms, waited for 100 ms"))
        #expect(lines.contains("run        1 min 1 s, t"))
        #expect(lines.last == "  PROGRAM THAT READS IT | lvmbackup restore - --to DATADIR")
        let error = #expect(throws: ReadError.self) { try list.find("latest") }
        #expect(error?.failure.advice == "\"lvmbackup show r\" names the place of the newest")
    }

    @Test func `a trace is a tree of steps with the calls of each`() async {
        var backup = Backup(configuration: Configuration())
        backup.trace = HookTrace()
        backup.before(.preflight, name: "site/before.preflight") { _ in .veto("not today") }
        let outcome = await backup.run()
        let lines = TraceTree(backup.trace?.entries ?? [], timings: outcome.timings).lines
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("preflight  ") == true)
        #expect(lines.last?.hasPrefix("  before  site/before.preflight  veto: not today  ") == true)
    }

    @Test func `a success needs no last words`() {
        #expect(Summary(outcome: Outcome(run: "r", ending: .succeeded), released: []).lines.isEmpty)
    }

    @Test(arguments: [
        (Int64(0), "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1_610_612_736, "1.5 GiB"), (5 << 40, "5 TiB"),
    ])
    func `sizes`(bytes: Int64, text: String) {
        #expect(bytes.asSize == text)
    }

    @Test(arguments: [
        (0.0, "0 ms"), (0.0451, "45 ms"), (0.9996, "1 s"), (9.44, "9.4 s"), (59.96, "1 min 0 s"), (725, "12 min 5 s"),
        (3599.6, "1 h 0 min"), (12_010, "3 h 20 min"), (1e300, "1e+300 s"),
    ])
    func `times`(seconds: Double, text: String) {
        #expect(seconds.asTime == text)
    }

    @Test func `the most important lines are not below notice`() {
        let facts: [Fact] = [
            .locked(Fact.Locked(plan: "stage", reason: "x", waitedSeconds: 0)), .unlocked(heldSeconds: 0),
            .snapshotted(Fact.Snapshotted(name: "s", device: "d", seconds: 0)),
            .published(BackupSet(id: "r", location: "/b/r")),
        ]
        for fact in facts { #expect(fact.asLogLine?.0 == .notice) }
        #expect(Fact.warning("x").asLogLine?.0 == .warning)
    }
}
