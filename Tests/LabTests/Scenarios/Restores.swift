import Foundation
import Testing

extension LabTests {
    /// Backups that the command itself lists, verifies and restores.
    @Suite struct Restores {
        static let compressions = Lab.isComplete ? ["zstd", "gzip:1", "none"] : ["zstd"]

        @Test(.sample, arguments: compressions)
        func `a set restored by the command equals the server, and replays to its live state`(
            compression: String
        ) async throws {
            let host = try await DatabaseHost.with()
            let (backup, load) = try await underLoad {
                try await Backup.run("--compress", compression, Lab.destination)
            }
            let set = try backup.set()
            try await check(Lab.command, "verify", set.directory)
            try await RestoredServer.byCommand(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb", "myisam"])
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        @Test(.complete)
        func `a target with a running server is refused, and stays as it is`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            for options in [[], ["--force"]] {
                let command = [Lab.command, "restore", set.directory, "--to", "/var/lib/mysql"] + options
                let result = try await Command(command).wait()
                #expect(result.status == 78, result.report)
                #expect(result.errors.contains("a server runs on it"), result.report)
            }
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a hook's veto leaves the target untouched`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            try await InstalledHooks.are([
                "05-guard.lua": """
                backup.before("restore", function(run) return run:veto("production: " .. run.restore.target) end)
                backup.after("restore", function() error("it was restored") end)
                """
            ])
            for target in ["/srv/vetoed", "/var/lib/mysql"] {
                let words = [Lab.command, "restore", set.directory, "--to", target] + InstalledHooks.option
                let result = try await Command(words).wait()
                #expect(result.status == 4, result.report)
                #expect(result.errors.contains("refused by a hook: restore: production: \(target)"), result.report)
            }
            #expect(!FileManager.default.fileExists(atPath: "/srv/vetoed"))
            try await expectAlive(host)
        }

        @Test(.complete)
        func `no server starts on a restore that was killed, and the second run finishes it`() async throws {
            _ = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let target = "/srv/restored"
            for moment in 1...10 {
                try await check("rm", "-rf", target)
                let words = [Lab.command, "restore", set.directory, "--to", target]
                let first = try Command(words)
                try await Task.sleep(for: .milliseconds(moment * 15))
                first.signal(SIGKILL)
                _ = await first.wait()
                if FileManager.default.fileExists(atPath: target + "/.lvmbackup-incomplete") {
                    await #expect(throws: (any Error).self) { try await RestoredServer.on(target) { _ in } }
                }
                try await check("mkdir", "-p", target)
                try await check(words)
                try await RestoredServer.on(target) { restored in
                    try await restored.query("SELECT COUNT(*) FROM mysql.user")
                }
            }
        }
    }
}
