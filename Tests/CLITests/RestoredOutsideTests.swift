import Foundation
import Glibc
import Testing

@testable import Archive
@testable import CLI

@Suite struct RestoredOutsideTests {
    /// The report of a restore of a set with this data outside the data directory.
    private func report(_ outside: [String], leftOut: [RestoreReport.LeftOut] = []) throws -> RestoreReport {
        let paths = outside.map { "\"\($0)\"" }.joined(separator: ",")
        let text = """
            {"format": "lvmbackup", "version": 1, "tool": "t", "run": "r", "host": "h", "unproven": [], "timings": {}, "warnings": [],
            "started": "2026-01-01T00:00:00.000Z", "published": "2026-01-01T00:00:00.000Z",
            "archive": {"location": "data.tar.zst", "bytes": 4, "source_bytes": 4, "members": 9, "excludes": [],
            "outside": [\(paths)], "parts": []}}
            """
        let decoder = JSONDecoder()
        var report = RestoreReport(manifest: try decoder.decode(Manifest.self, from: Data(text.utf8)))
        (report.leftOut, report.leftOutCount) = (leftOut, leftOut.count)
        return report
    }

    private func summary(_ report: RestoreReport) -> [String] {
        RestoreSummary(report: report, target: "/srv/new data", duration: .seconds(1)).lines
    }

    @Test func `a set with all data in the data directory needs no further steps`() throws {
        let lines = summary(try report([]))
        #expect(!lines.contains { $0.contains("outside") || $0.contains("link") || $0.contains(".lvmbackup") })
    }

    @Test func `links that were left out are to be made, and not to be moved`() throws {
        let leftOut = [
            RestoreReport.LeftOut(name: "./load", reason: "x", link: "../dbs/l2"),
            RestoreReport.LeftOut(name: "./device", reason: "it is a device node"),
            RestoreReport.LeftOut(name: "./.lvmbackup/outside/srv/vol/l2", reason: "x", link: "/srv/it's"),
        ]
        let lines = summary(try report(["/srv/vol/l2", "/srv/vol/dbs"], leftOut: leftOut))
        #expect(lines.contains { $0.hasSuffix("the old data is gone: \"/srv/vol/dbs\"") })
        let links = lines.filter { $0.contains("ln -s") }
        #expect(
            links == [
                "    ln -sT ../dbs/l2 '/srv/new data/load'", #"    ln -sT '/srv/it'\''s' /srv/vol/l2"#,
            ]
        )
    }

    @Test func `many paths are told by their beginning`() throws {
        let lines = summary(try report((1...9).map { "/srv/vol/t\($0).ibd" }))
        #expect(lines.contains { $0.hasSuffix("\"/srv/vol/t5.ibd\", and 4 more") })
    }

    /// The commands work on this host's root directory: `/srv` is the test's own in a mount namespace.
    @Test(.enabled(if: geteuid() == 0, "mounts need root"))
    func `the printed commands move the data, and change no directory that is there`() throws {
        let report = try report(["/srv/vol/ext/shop/dd.ibd", "/srv/vol/redo", "/srv/vol/l"])
        let commands = RestoredOutside(report: report, top: "/srv/new data").moves.filter { $0.hasPrefix("  ") }
        let script = """
            set -e; mount -t tmpfs none /srv; cd /srv; mkdir -m 751 real; ln -s real vol; chown 7:8 real; mkdir -m 710 real/redo
            echo other > real/redo/else; mkdir -p 'new data/.lvmbackup/outside/srv/vol/ext/shop' 'new data/shop'
            (cd 'new data/.lvmbackup/outside/srv/vol'; mkdir redo; echo log > redo/ib_logfile0; echo table > ext/shop/dd.ibd
            ln -s nowhere l; mkdir -p ../deep; chown 5:6 ext redo; chmod 750 ext; touch -d 2001-01-01 ext/shop)
            chmod -R go-rwx 'new data/.lvmbackup/outside/srv/vol/redo' 'new data/.lvmbackup'; chmod 750 new*/.l*/outside/srv/vol/ext
            attributes() { stat -c '%n %a %u:%g' / /srv /srv/real /srv/real/redo; }
            before=$(attributes)
            \(commands.joined(separator: "\n"))
            [ "$before" = "$(attributes)" ] || { echo changed; attributes; }
            find /srv -mindepth 1 -printf '%P %y %m %U:%G %l\\n' | sort
            """
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/unshare")
        process.arguments = ["--mount", "--propagation", "private", "bash", "-c", script]
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let expected = """
            /srv
            deep d 700 0:0 
            new data d 755 0:0 
            new data/shop d 755 0:0 
            real d 751 7:8 
            real/ext d 750 5:6 
            real/ext/shop d 700 0:0 
            real/ext/shop/dd.ibd f 600 0:0 
            real/l l 777 0:0 nowhere
            real/redo d 710 0:0 
            real/redo/else f 644 0:0 
            real/redo/ib_logfile0 f 600 0:0 
            vol l 777 0:0 real
            """
        #expect(output.split(separator: "\n").map(String.init) == expected.split(separator: "\n").map(String.init))
    }
}
