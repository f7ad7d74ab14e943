import Foundation
import Testing

extension LabTests {
    /// A snapshot that fills, and operators that change the snapshot meanwhile.
    @Suite struct SnapshotSpace {
        /// Small enough to be filled within seconds, with the archive too slow to end before.
        private static let slow = ["--compress", "zstd:19", "--threads", "1", "--no-innodb-recovery"]

        @Test(.complete)
        func `a snapshot that fills is enlarged, and the set is published`() async throws {
            let host = try await DatabaseHost.with()
            let backup = try await whileWriting(["--snapshot-size", "48M"], host)
            #expect(backup.status == 0, backup.report)
            #expect(
                backup.events("message").contains { $0["message"]["text"].string?.contains("enlarged") == true },
                backup.report
            )
            _ = try backup.set()
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [["--snapshot-extend-at", "off"], ["--snapshot-max", "32M"]])
        func `a snapshot that may not be enlarged ends the run, with the reason`(options: [String]) async throws {
            let host = try await DatabaseHost.with()
            let backup = try await whileWriting(["--snapshot-size", "16M"] + options, host)
            #expect(backup.status == 1, backup.report)
            let message = backup.event("failed")?["failure"]["message"].string ?? ""
            #expect(message.contains("overflowed") || message.contains("became full"), backup.report)
            #expect(backup.event("published") == nil)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a snapshot whose device is taken away meanwhile ends the run`() async throws {
            let host = try await DatabaseHost.with()
            let backup = try await meanwhile(host) { name in
                // A mounted snapshot cannot be removed: from now on every read of it fails.
                _ = try await run("dmsetup", "remove", "--force", "/dev/\(name)")
            }
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("published") == nil, backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a snapshot that somebody renames meanwhile is still the run's own`() async throws {
            let host = try await DatabaseHost.with()
            let backup = try await meanwhile(host) { name in
                try await check("lvrename", name, "lab/renamed")
            }
            #expect(backup.status == 0, backup.report)
            try await expectAlive(host)
        }

        /// Runs a backup while much is written to the origin.
        private func whileWriting(_ options: [String], _ host: DatabaseHost) async throws -> Backup {
            try await meanwhile(host, options) { _ in
                let pieces = """
                    for piece in $(seq 0 69); do
                        dd if=/dev/urandom of=/var/lib/mysql/ballast bs=1M count=1 seek=$piece conv=notrunc \
                            oflag=direct status=none
                        sleep 0.2
                    done
                    """
                try await check("bash", "-c", pieces)
            }
        }

        /// Runs a backup, and `act` with the snapshot's name as soon as it is mounted.
        private func meanwhile(
            _ host: DatabaseHost,
            _ options: [String] = [],
            _ act: (String) async throws -> Void
        ) async throws -> Backup {
            let before = try await Traces.now()
            let running = try Backup.start(Self.slow + options + [Lab.destination])
            try await until("the copy is mounted") { running.output.contains(#""mounted""#) || !running.isRunning }
            let events = try Backup(Command.Result(status: 0, output: running.output, errors: "", seconds: 0))
            let name = try #require(events.event("snapshotted")?["name"].string, events.report)
            try await act(name)
            let backup = try Backup(await running.wait(limit: .seconds(240)))
            _ = try await run("rm", "-f", "/var/lib/mysql/ballast")
            try await expectNoTraces(since: before)
            return backup
        }
    }
}
