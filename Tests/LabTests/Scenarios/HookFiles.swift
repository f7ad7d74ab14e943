import Foundation
import Testing

extension LabTests {
    /// Lua hook files with a real server and real volumes.
    @Suite struct HookFiles {
        @Test(.sample)
        func `a site's own lock is as exact as the built-in, and hooks that ship do their work`() async throws {
            let host = try await DatabaseHost.fresh()
            try await InstalledHooks.are([
                "10-replica-lag.lua": InstalledHooks.shipped("hooks/10-replica-lag.lua"),
                "20-custom-flush.lua": InstalledHooks.shipped("examples/custom-flush/20-custom-flush.lua"),
                "80-prometheus.lua": InstalledHooks.shipped("hooks/80-prometheus.lua")
                    .replacingOccurrences(of: "/var/lib/prometheus/node-exporter", with: "/run/lab"),
            ])
            let (backup, load) = try await underLoad {
                try await Backup.run("--hooks", InstalledHooks.directory, Lab.destination)
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

        @Test(
            .complete,
            arguments: [
                "before('snapshot', function() while true do end end)",
                "before('snapshot', function() ('a'):rep(30000):find('.-.-.-.-b$') end)",
                "before('snapshot', function(run) run:exec { 'sleep', '30' } end)",
                "after('lock', function(run) run:exec { 'sleep', '30' } end)",
                "replace('snapshot', function(run) run:exec { 'sleep', '30' } end)",
            ]
        )
        func `a hook that hangs or sleeps under the lock holds it no longer than it may`(hook: String) async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are(["10-hang.lua": "backup.\(hook)"])
            let (backup, load) = try await underLoad {
                try await Backup.run("--hooks", InstalledHooks.directory, "--max-lock", "2s", Lab.destination)
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
            try await InstalledHooks.are([
                "10-veto.lua": "backup.before('mount', function(run) return run:veto('not today') end)"
            ])
            var backup = try await Backup.run("--hooks", InstalledHooks.directory, Lab.destination)
            #expect(backup.status == 4, backup.report)
            #expect(backup.said.contains("not today"))
            try await InstalledHooks.are([
                "10-error.lua": "backup.after('snapshot', { on_error = 'fail' }, function() error('boom') end)"
            ])
            backup = try await Backup.run("--hooks", InstalledHooks.directory, Lab.destination)
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("10-error.lua:1: boom"))
            try await check("chmod", "666", "\(InstalledHooks.directory)/10-error.lua")
            backup = try await Backup.run("--hooks", InstalledHooks.directory, Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("chmod go-w"))
            try await expectAlive(host)
        }

        /// The change of a good file, by a shell in its directory, and the message of it.
        private static let bad = [
            ("chmod g+w 10-site.lua", "chmod go-w /run/lab/hooks.d/10-site.lua"),
            ("chmod o+w .", "chmod go-w /run/lab/hooks.d"),
            ("chown 65534 10-site.lua", "chown 0 /run/lab/hooks.d/10-site.lua"),
            ("mv 10-site.lua ../elsewhere.lua; ln -s ../elsewhere.lua 10-site.lua", "--remove-destination"),
            ("printf '\\033Lua' >10-site.lua", "it is bytecode"),
            ("echo 'backup.before(' >10-site.lua", "10-site.lua:2: unexpected symbol"),
        ]

        @Test(.complete, arguments: bad)
        func `a file that cannot be used or trusted is refused, and nothing is started`(
            act: String,
            words: String
        ) async throws {
            _ = try await DatabaseHost.with()
            try await InstalledHooks.are(["10-site.lua": "backup.before('connect', function(run) end)\n"])
            try await check("bash", "-c", "cd \(InstalledHooks.directory); \(act)")
            let backup = try await Backup.run(InstalledHooks.option + [Lab.destination])
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains(words), backup.report)
            #expect(backup.events == [], backup.report)
        }

        @Test(.complete)
        func `a file with an odd name is warned of, and the run goes on`() async throws {
            _ = try await DatabaseHost.with()
            try await InstalledHooks.are(["10-site.lua.dpkg-old": "error('not to be run')", "notes.txt": "none of Lua"])
            let backup = try await Backup.run(InstalledHooks.option + ["--dry-run", Lab.destination])
            #expect(backup.status == 0, backup.report)
            #expect(backup.said.contains("10-site.lua.dpkg-old"), backup.report)
            #expect(backup.said.contains("notes.txt"), backup.report)
        }
    }
}
