import Foundation
import Testing

extension LabTests {
    /// Lua hook files with a real server and real volumes.
    @Suite struct HookFiles {
        private static let directory = "/run/lab/hooks.d"

        private func install(_ files: [String: String]) async throws {
            try await check("rm", "-rf", Self.directory)
            try await check("install", "-d", "-m", "755", Self.directory)
            for (name, text) in files {
                try text.write(toFile: "\(Self.directory)/\(name)", atomically: false, encoding: .utf8)
            }
            try await check("chmod", "-R", "go-w", Self.directory)
        }

        private func shipped(_ path: String) throws -> String {
            try String(contentsOfFile: "\(Lab.root)/\(path)", encoding: .utf8)
        }

        @Test(.sample)
        func `a site's own lock is as exact as the built-in, and hooks that ship do their work`() async throws {
            let host = try await DatabaseHost.fresh()
            try await install([
                "10-replica-lag.lua": shipped("hooks/10-replica-lag.lua"),
                "20-custom-flush.lua": shipped("examples/custom-flush/20-custom-flush.lua"),
                "80-prometheus.lua": shipped("hooks/80-prometheus.lua")
                    .replacingOccurrences(of: "/var/lib/prometheus/node-exporter", with: "/run/lab"),
            ])
            let (backup, load) = try await underLoad {
                try await Backup.run("--hooks", Self.directory, Lab.destination)
            }
            let set = try backup.set()
            #expect(set.manifest["lock"]["plan"].string == "custom")
            try await RestoredServer.of(set) { restored in
                try await expectReplay(restored, of: set, reaches: host)
            }
            let metrics = try String(contentsOfFile: "/run/lab/lvmbackup.prom", encoding: .utf8)
            #expect(metrics.contains("lvmbackup_success 1\n"))
            let start = try #require(backup.event("locked")?["monotonic"].number, backup.report)
            let stall = load.longestStall("innodb", in: (start - 1)...(start + 5))
            #expect(stall < 10)
        }

        @Test(.complete, arguments: ["while true do end", "('a'):rep(30000):find('.-.-.-.-b$')"])
        func `a hook that hangs under the lock holds it no longer than it may`(body: String) async throws {
            let host = try await DatabaseHost.with()
            try await install(["10-hang.lua": "backup.before('snapshot', function(run) \(body) end)"])
            let (backup, load) = try await underLoad {
                try await Backup.run("--hooks", Self.directory, "--max-lock", "2s", Lab.destination)
            }
            #expect(backup.status == 1, backup.report)
            let held = try #require(backup.event("unlocked")?["held_seconds"].number, backup.report)
            #expect(held < 3)
            let start = try #require(backup.event("locked")?["monotonic"].number, backup.report)
            #expect(load.longestStall("innodb", in: start...(start + 10)) < 3.5)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a veto, an error and an unsafe file leave nothing behind`() async throws {
            let host = try await DatabaseHost.with()
            try await install(["10-veto.lua": "backup.before('mount', function(run) return run:veto('not today') end)"])
            var backup = try await Backup.run("--hooks", Self.directory, Lab.destination)
            #expect(backup.status == 4, backup.report)
            #expect(backup.said.contains("not today"))
            try await install([
                "10-error.lua": "backup.after('snapshot', { on_error = 'fail' }, function() error('boom') end)"
            ])
            backup = try await Backup.run("--hooks", Self.directory, Lab.destination)
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("10-error.lua:1: boom"))
            try await check("chmod", "666", "\(Self.directory)/10-error.lua")
            backup = try await Backup.run("--hooks", Self.directory, Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("chmod go-w"))
            try await expectAlive(host)
        }
    }
}
