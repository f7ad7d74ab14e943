import Foundation
import Testing

extension LabTests {
    /// The command's own memory does not grow with the data.
    @Suite struct Memory {
        @Test(.complete)
        func `the peak is at most 96 MiB for 1 GiB and for 4 GiB of data`() async throws {
            let host = try await DatabaseHost.fresh(Layout(size: "5600M"))
            // Binary logs can be many.
            for _ in 1...100 { try await host.query("FLUSH NO_WRITE_TO_BINLOG BINARY LOGS") }
            let chunk = "/srv/chunk"
            try await check("dd", "if=/dev/urandom", "of=\(chunk)", "bs=1M", "count=64", "status=none")
            var lines = ["| data | peak resident size |", "|---|---|"]
            var chunks = 0
            for gibibytes in [1, 4] {
                while chunks < gibibytes * 16 {
                    try await check("cp", chunk, "/var/lib/mysql/ballast-\(chunks)")
                    chunks += 1
                }
                try await check("sync", "-f", "/var/lib/mysql")
                let peak = try await peak()
                #expect(peak <= 96 << 10, "\(gibibytes) GiB: \(peak) KiB")
                lines.append("| \(gibibytes) GiB | \(peak / 1024) MiB |")
            }
            try Results.write("memory.md", lines.joined(separator: "\n") + "\n")
            try await check("rm", chunk)
            await DatabaseHost.forget()
        }

        /// The peak resident size of one run, in KiB.
        private func peak() async throws -> Int {
            let before = try await Traces.now()
            let run = try Backup.start(["--keep-last", "1", Lab.destination])
            var peak = 0
            while run.isRunning {
                // The status of a process that has just ended says nothing more.
                let status = (try? String(contentsOfFile: "/proc/\(run.pid)/status", encoding: .utf8)) ?? ""
                if let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) {
                    peak = max(peak, Int(line.filter(\.isNumber)) ?? 0)
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            let backup = try Backup(await run.wait(limit: .seconds(1200)))
            #expect(backup.status == 0, backup.report)
            try await expectNoTraces(since: before)
            return peak
        }
    }
}
