import Foundation
import Testing

extension LabTests {
    /// Directories of the server's user in which root works, and whose entries that user exchanges at the same time.
    @Suite struct AttackedDirectories {
        private static let parent = "/srv/attacked"

        @Test(.complete) func `a destination that its owner exchanges gives nothing of root away`() async throws {
            let host = try await DatabaseHost.with()
            try await beside("backups") { place, canaries in
                for number in 0..<Lab.attackedRuns {
                    let backup = try await Backup.run("--keep-last", "1", place)
                    #expect([0, 1, 2, 73, 78].contains(backup.status), backup.report)
                    try await canaries.expectUntouched(by: backup)
                    // The commands that read the sets of others, and remove some.
                    let commands = [
                        ["list", place], ["verify", "--all", "--from", place], ["prune", place, "--keep-last", "1"],
                    ]
                    try await expectOrderly(commands[number % commands.count], canaries)
                }
            }
            try await expectAlive(host)
        }

        @Test(.complete) func `a target that its owner exchanges gives nothing of root away`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            try await beside("data") { place, canaries in
                for _ in 0..<Lab.attackedRuns {
                    try await expectOrderly(["restore", set.directory, "--to", place, "--force"], canaries)
                }
            }
            try await expectAlive(host)
        }

        /// The files are no tables: a server that cannot open its tables proves nothing.
        @Test(.complete) func `data that its owner exchanges gives nothing of root away`() async throws {
            let host = try await DatabaseHost.with()
            let extra = host.layout.datadir + "/attacked"
            try await check("install", "-d", "-o", "mysql", "-g", "mysql", extra, extra + "/tree")
            for name in ["a", "b", "tree/c"] {
                try await check("install", "-o", "mysql", "-g", "mysql", "/dev/null", "\(extra)/\(name)")
            }
            try await beside(existing: extra) { _, canaries in
                for _ in 0..<Lab.attackedRuns {
                    // Without compression, so that a canary would be seen in the archive.
                    let backup = try await Backup.run("--compress", "none", Lab.destination)
                    #expect([0, 1, 2].contains(backup.status), backup.report)
                    try await canaries.expectUntouched(by: backup)
                }
            }
            try await check("rm", "-rf", extra)
            try await expectAlive(host)
        }

        // MARK: The attack

        /// Makes a directory of the attacker's in one of the attacker's, and runs `body` beside the attack on it.
        private func beside(
            _ name: String,
            _ body: (_ place: String, Canaries) async throws -> Void
        ) async throws {
            try await check("rm", "-rf", Self.parent)
            try await check("install", "-d", "-o", "mysql", "-g", "mysql", Self.parent, "\(Self.parent)/\(name)")
            try await beside(existing: "\(Self.parent)/\(name)", body)
            try await check("rm", "-rf", Self.parent)
        }

        private func beside(
            existing place: String,
            _ body: (_ place: String, Canaries) async throws -> Void
        ) async throws {
            let canaries = try await Canaries.plant()
            let log = Canaries.work + "/exchanged"
            let attack = try Attacker.start(
                "exchange",
                [place, "/srv/canary", log, "\(UInt16.random(in: .min ... .max))"]
            )
            try await body(place, canaries)
            #expect(attack.isRunning, "\(attack.errors)")
            attack.signal(SIGTERM)
            _ = await attack.wait()
            // The attack took place, in more ways than one.
            let exchanged = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
            #expect(exchanged.count > 3, "\(exchanged)")
            print("exchanged in \(place): \(exchanged.joined(separator: ", "))")
        }

        /// A command that ends by itself and has done no harm, with any status.
        private func expectOrderly(_ words: [String], _ canaries: Canaries) async throws {
            let before = try await Traces.now()
            let result = try await Command([Lab.command] + words).wait(limit: .seconds(120))
            #expect(!result.isTimedOut && result.status < 128, result.report)
            try await canaries.expectUntouched(by: Backup(result))
            let now = try await Traces.now()
            #expect(now.mounts.subtracting(before.mounts) == [], result.report)
            #expect(now.processes.subtracting(before.processes) == [], result.report)
        }
    }
}
