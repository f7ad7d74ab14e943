import Foundation
import Testing

extension LabTests {
    /// How long writers wait.
    @Suite struct LockWindow {
        @Test(.complete)
        func `a long UPDATE stalls InnoDB writers under a read lock, hardly under stages`() async throws {
            let host = try await DatabaseHost.fresh()
            try await host.query(
                "USE shop; CREATE TABLE slow (id int PRIMARY KEY, n int); INSERT INTO slow SELECT seq, 0 FROM seq_1_to_60"
            )
            let plain = try await Backup.run("--keep-last", "1", Lab.destination)
            let prepared = plain.events("step_finished").first { $0["step"].string == "prepare" }
            // The UPDATE starts with this step, and has six seconds left after it.
            let seconds = 6 + (try #require(prepared?["seconds"].number, plain.report))
            let readLock = try await stall(seconds, "--lock", "read-lock", "--skip-extra-flush-tables")
            let flushed = try await stall(seconds, "--lock", "read-lock")
            let stage = try await stall(seconds, "--lock", "stage")
            let table = """
                | beside an UPDATE with 6 seconds left, without lvcreate | longest stall of an InnoDB writer |
                |---|---|
                | `--lock read-lock --skip-extra-flush-tables` | \(readLock.milliseconds) |
                | `--lock read-lock` | \(flushed.milliseconds) |
                | `--lock stage` | \(stage.milliseconds) |

                """
            try Results.write("long-update.md", table)
            #expect(readLock > 2, "\(table)")
            #expect(stage <= readLock / 10, "\(table)")
            await DatabaseHost.forget()
        }

        /// The longest stall from the flush to the unlock, without the time that lvcreate took.
        private func stall(_ seconds: Double, _ options: String...) async throws -> Double {
            let (backup, load) = try await underLoad {
                let before = try await Traces.now()
                let run = try Backup.start(options + ["--keep-last", "1", Lab.destination])
                try await until("the volume is being prepared") {
                    run.output.contains(#""prepare""#) || !run.isRunning
                }
                let update = try Command([
                    "mariadb", "--no-defaults", "-e", "UPDATE shop.slow SET n = n + sleep(\(seconds / 60))",
                ])
                try await until("the lock is released") { run.output.contains(#""unlocked""#) || !run.isRunning }
                // The stages don't wait for it, the read lock does.
                #expect(update.isRunning == options.contains("stage"), "\(options)")
                let updated = await update.wait()
                #expect(updated.status == 0 && updated.seconds > seconds, updated.report)
                let backup = try Backup(await run.wait())
                try await expectNoTraces(since: before)
                return backup
            }
            let prepared = backup.events("step_finished").first { $0["step"].string == "prepare" }
            let begin = try #require(prepared?["monotonic"].number, backup.report)
            let span = begin...(try backup.window().upperBound)
            return load.longestStall("innodb", in: span) - (try backup.creation())
        }
    }

    /// Against mylvmbackup 0.15 in the same guest, alternated.
    @Suite struct PeerComparison {
        /// One run of either: seconds.
        private struct Figures {
            var held: Double
            var creation: Double
            var stall: Double
        }

        @Test(.complete)
        func `the lock is held at most half as long as by mylvmbackup, and stalls no writer longer`() async throws {
            _ = try await DatabaseHost.fresh()
            var ours: [Figures] = []
            var theirs: [Figures] = []
            for _ in 1...5 {
                theirs.append(try await measurePeer())
                ours.append(try await measure())
            }
            func row(_ name: String, _ value: (Figures) -> Double) -> (line: String, ratio: Double) {
                let (a, b) = (ours.map(value).median, theirs.map(value).median)
                return ("| \(name) | \(a.milliseconds) | \(b.milliseconds) | \((a / b).ratio) |", a / b)
            }
            let held = row("lock held, without lvcreate") { $0.held - $0.creation }
            let stall = row("longest stall of a writer") { $0.stall }
            let lines = [
                "| medians of 5, alternated | lvmbackup | mylvmbackup 0.15 | ratio |", "|---|---|---|---|",
                held.line, stall.line, row("lvcreate") { $0.creation }.line, row("lock held in all") { $0.held }.line,
            ]
            try Results.write("lock-window.md", lines.joined(separator: "\n") + "\n")
            #expect(held.ratio <= 0.5)
            #expect(stall.ratio <= 1)
        }

        private func measure() async throws -> Figures {
            let (backup, load) = try await underLoad { try await Backup.run("--keep-last", "1", Lab.destination) }
            let freeze = try backup.freeze()
            return Figures(
                held: freeze.upperBound - freeze.lowerBound,
                creation: try backup.creation(),
                stall: stall(load, try backup.window())
            )
        }

        private func measurePeer() async throws -> Figures {
            let (peer, load) = try await underLoad { try await Peer.run("innodb_recover=0") }
            try #require(peer.result.status == 0, peer.result.report)
            return Figures(
                held: try peer.time("release_sent") - peer.time("granted"),
                creation: try peer.time("snapshot_ended") - peer.time("snapshot_began"),
                stall: stall(load, try peer.time("asked")...(peer.time("released") + 0.5))
            )
        }

        private func stall(_ load: Load.Report, _ span: ClosedRange<Double>) -> Double {
            max(load.longestStall("innodb", in: span), load.longestStall("myisam", in: span))
        }
    }
}
