import Archive
import Foundation
import LVMBackup
import TestSupport
import Testing

@testable import CLI

@Suite struct `The report` {
    /// A destination with sets whose data is of these hours since the beginning of 2026.
    private func list(
        hours: [Int],
        name: String = "db1",
        host: (Int) -> String = { _ in "h" },
        warning: String = "none",
        timings: String = #""connect": 0.5, "lock": 1, "snapshot": 0.5, "archive": 8"#,
        lockTimings: String = "{}"
    ) async throws -> SetList {
        let scratch = try ScratchDirectory()
        for hour in hours {
            let set = "\(name)-\(1000 + hour)"
            try scratch.directory(set)
            let moment =
                "2026-01-\(String(format: "%02d", 1 + hour / 24))T\(String(format: "%02d", hour % 24)):00:00.000Z"
            let text = """
                {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "\(host(hour))", "unproven": [],
                "timings": {\(timings)}, "warnings": ["\(warning)"], "started": "\(moment)", "published": "\(moment)",
                "lock": {"plan": "stage", "reason": "x", "held_seconds": 1, "timings": \(lockTimings)},
                "archive": {"location": "data.tar.zst", "bytes": 4, "source_bytes": 4194304, "members": 9, "excludes": [], "outside": [],
                "parts": [{"name": "data.tar.zst", "bytes": 4, "xxh3": "0"}]}}
                """
            try scratch.write(text, to: set + "/manifest.json")
            try scratch.write("tar.", to: set + "/data.tar.zst")
        }
        return try await SetList.read(scratch.path)
    }

    private func history(hours: [Int]) async throws -> SetHistory {
        try #require(SetHistory.all(of: try await list(hours: hours)).first)
    }

    private func time(hour: Int) -> Double { 1_767_225_600 + Double(hour) * 3600 }

    @Test func `draws the lock window to scale, at the end of the snapshot`() async throws {
        let list = try await list(hours: [0])
        let manifest = try #require(list.items.first?.manifest)
        let timeline = try #require(RunTimeline(manifest))
        #expect(timeline.duration == 10)
        #expect(timeline.parts.map(\.step) == ["connect", "lock", "snapshot", "archive"])
        #expect(timeline.lockWindow == RunTimeline.Part(step: "lock", start: 1, seconds: 1))
        #expect(timeline.markup.html.contains("margin-left:10.0%;width:10.0%"))
    }

    @Test func `draws the parts of the lock in a scale of their own`() async throws {
        let timings = #"{"engine_logs": 0.25, "coordinates": 0.125, "snapshot": 0.5, "release": 0.125}"#
        let manifest = try #require(try await list(hours: [0], lockTimings: timings).items.first?.manifest)
        let timeline = try #require(RunTimeline(manifest))
        #expect(
            timeline.lockParts == [
                RunTimeline.Part(step: "engine logs", start: 0, seconds: 0.25),
                RunTimeline.Part(step: "snapshot", start: 0.375, seconds: 0.5),
                RunTimeline.Part(step: "release", start: 0.875, seconds: 0.125),
            ]
        )
        let page = timeline.markup.html
        #expect(page.contains("1 s of 10 s: engine logs 250 ms, coordinates 125 ms, snapshot 500 ms, release 125 ms"))
        #expect(page.contains("margin-left:12.5%;width:50.0%"))
    }

    @Test(arguments: [
        "{}", "null", #"{"snapshot": 2}"#, #"{"snapshot": -1e300, "release": 1e300}"#,
        #"{"engine_logs": 0.6, "release": 0.6}"#,
    ])
    func `draws no parts of a lock that make no sense`(timings: String) async throws {
        let list = try await list(hours: [0], lockTimings: timings)
        let manifest = try #require(list.items.first?.manifest)
        #expect(RunTimeline(manifest)?.lockParts == [])
        #expect(ReportPage(list: list, now: time(hour: 1)).html.contains("</html>"))
    }

    @Test(arguments: [
        #""connect": -1, "archive": 1e300"#, #""archive": 0"#, "", #""lock": 1e9, "archive": 1e9"#,
    ])
    func `survives timings that make no sense`(timings: String) async throws {
        let page = ReportPage(list: try await list(hours: [0], timings: timings), now: time(hour: 1)).html
        #expect(page.contains("</html>"))
    }

    @Test func `marks the times in which a backup is missing, up to now`() async throws {
        let history = try await history(hours: [0, 24, 48, 72, 144, 168])
        #expect(history.interval == 86_400.0)
        #expect(
            history.gaps(now: time(hour: 260)) == [
                SetHistory.Gap(start: time(hour: 72), end: time(hour: 144), missed: 2),
                SetHistory.Gap(start: time(hour: 168), end: time(hour: 260), missed: 3),
            ]
        )
        #expect(history.gaps(now: time(hour: 190)).count == 1)
    }

    @Test func `finds no gaps where there are too few sets to tell`() async throws {
        #expect(try await history(hours: [0, 24, 200]).gaps(now: time(hour: 900)) == [])
    }

    @Test func `the sets of another host fill no gap and make none`() async throws {
        let hours = [0, 1, 24, 25, 48, 49, 72, 97, 120, 121]
        let list = try await list(hours: hours, host: { $0 % 24 == 0 ? "even" : "odd" })
        let histories = SetHistory.all(of: list).sorted { $0.name < $1.name }
        #expect(histories.map(\.name) == ["even", "odd"])
        #expect(
            histories.map { $0.gaps(now: time(hour: 122)).map(\.start) } == [[time(hour: 72)], [time(hour: 49)]]
        )
        let page = ReportPage(list: list, now: time(hour: 122)).html
        #expect(page.contains("<h2>even</h2>") && page.contains("<h2>odd</h2>"))
    }

    @Test func `a missed backup has a mark among the bars`() async throws {
        let history = try await history(hours: [0, 24, 48, 72, 144])
        let bars = HistoryBars(history, now: time(hour: 145)).markup.html
        #expect(bars.contains("title=\"missed: 2 backups between"))
    }

    @Test func `escapes the texts of manifests and names`() async throws {
        let list = try await list(hours: [0], name: "<b>&'", warning: "<script>alert(1)</script>\\u001b[2J")
        let page = ReportPage(list: list, now: time(hour: 1)).html
        #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[2J"))
        #expect(page.contains("&lt;b&gt;&amp;&#39;-1000"))
        #expect(!page.contains("<script"))
        #expect(!page.contains("<b>"))
    }

    @Test func `has nothing from elsewhere`() async throws {
        let page = ReportPage(list: try await list(hours: [0, 24]), now: time(hour: 25)).html
        for word in ["http:", "https:", "src=", "@import", "url(", "<script", "<link"] { #expect(!page.contains(word)) }
    }

    @Test func `is written to a new file that takes the place of the old one`() throws {
        let scratch = try ScratchDirectory()
        let (page, other) = (scratch.path("r.html"), try scratch.write("old", to: "other"))
        try FileManager.default.linkItem(atPath: other, toPath: page)
        try SavedFile(page).write("new")
        #expect(try String(contentsOfFile: page, encoding: .utf8) == "new")
        // A further name of another file is not written to.
        #expect(try String(contentsOfFile: other, encoding: .utf8) == "old")
        #expect(try scratch.names == ["other", "r.html"])
    }

    @Test(arguments: ["link", "directory", "fifo", "directory/", "."])
    func `is not written to what is no regular file`(name: String) throws {
        let scratch = try ScratchDirectory()
        try scratch.directory("directory")
        let target = try scratch.write("old", to: "target")
        try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: target)
        mkfifo(scratch.path("fifo"), 0o600)
        #expect(throws: Failure.self) { try SavedFile(scratch.path(name)) }
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "old")
    }

    @Test func `of an empty directory says that there is no set`() async throws {
        let scratch = try ScratchDirectory()
        let list = try await SetList.read(scratch.path)
        #expect(ReportPage(list: list, now: 0).html.contains("<dt>newest</dt><dd class=\"bad\">none</dd>"))
        #expect(SetHistory.all(of: list).isEmpty)
    }

    @Test(arguments: [40, 80, 200])
    func `a graph has a few lines, which fit the terminal`(width: Int) async throws {
        let history = try await history(hours: (0..<60).map { $0 * 2 })
        let lines = ListGraph(history, width: width, now: time(hour: 119)).lines
        #expect(lines.count == 4)
        #expect(lines.dropFirst().allSatisfy { $0.count <= max(width, 48) }, "\(lines)")
        #expect(lines[1].hasPrefix("size") && lines[3].contains("1 s"))
    }
}
