import Foundation
import Testing

extension LabTests {
    /// The recipes of `examples/policies`, with a real server and real volumes.
    @Suite struct HookPolicies {
        private static let directory = "/run/lab/policies.d"

        /// Those that need nothing beyond the host.
        private static let names = [
            "10-business-hours", "11-replica-lag", "20-own-lvcreate", "30-proxy-drain", "35-short-lock", "40-names",
            "60-checksums", "65-assertion", "90-webhook",
        ]

        private static let options = [
            "--hooks", directory, "--strict-hooks", "--set", "business-hours.override=true",
            "--set", "own-lvcreate.size=200M", "--set", "short-lock.limit=20s",
            "--set", "proxy-drain.drain=touch,/run/lab/drained", "--set", "proxy-drain.ready=rm,/run/lab/drained",
        ]

        private func install() async throws {
            try await check("rm", "-rf", Self.directory)
            try await check("install", "-d", "-m", "755", Self.directory, "\(Self.directory)/lib")
            for name in Self.names + ["lib/alarm"] {
                let text = try InstalledHooks.shipped("examples/policies/\(name).lua")
                try text.write(toFile: "\(Self.directory)/\(name).lua", atomically: false, encoding: .utf8)
            }
            try await check("chmod", "-R", "go-w", Self.directory)
        }

        @Test(.complete)
        func `the recipes work together, and the copy is asked by a private server`() async throws {
            let host = try await DatabaseHost.with()
            try await install()
            let backup = try await Backup.run(Self.options + [Lab.destination])
            #expect(backup.status == 0, backup.report)
            let set = try backup.set()
            #expect(set.manifest["hook_options"]["business-hours"]["override"].string == "true")
            #expect(set.manifest["snapshot"]["name"].string?.contains("/own_") == true)
            #expect(backup.said.contains("looked at by a private server"), backup.report)
            try await check("sh", "-c", "cd '\(set.directory)' && sha256sum -c ../$(basename $PWD).sha256")
            #expect(!FileManager.default.fileExists(atPath: "/run/lab/drained"))
            try await RestoredServer.of(set) { restored in
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        @Test(.complete)
        func `a copy that lacks the data is not published`() async throws {
            let host = try await DatabaseHost.with()
            try await install()
            let query = "assertion.query=SELECT COUNT(*) AS n FROM information_schema.tables"
            let backup = try await Backup.run(
                Self.options + ["--set", query, "--set", "assertion.minimum=1000000", Lab.destination]
            )
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("the copy answers"), backup.report)
            #expect(backup.event("published") == nil)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a program left in the background of the mount is ended`() async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are([
                "10-left.lua": """
                backup.before('archive', function(run)
                  run:exec { 'sh', '-c', 'setsid sleep 1000 >/dev/null 2>&1 &', cwd = run.mount.path }
                end)
                """
            ])
            let backup = try await Backup.run(InstalledHooks.option + [Lab.destination])
            #expect(backup.status == 0, backup.report)
            #expect(backup.said.contains("a program that a hook left in the background was ended"), backup.report)
            try await expectAlive(host)
        }
    }
}
