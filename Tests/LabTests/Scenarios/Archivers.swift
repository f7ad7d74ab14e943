import Foundation
import Testing

extension LabTests {
    /// Other programs in place of the built-in archive, with real repositories.
    @Suite struct Archivers {
        static let tools = ["restic", "borg", "rsync"]
        private static let place = "/srv/repository"

        @Test(.complete, arguments: tools)
        func `another archiver's copy is restored and equals the server`(tool: String) async throws {
            let host = try await DatabaseHost.with()
            let options = try await prepare(tool)
            let backup = try await Backup.run(options + [Lab.destination])
            let set = try backup.set()
            let location = try #require(set.manifest["archive"]["location"].string)
            let target = "/srv/restored-\(tool)"
            try await check("rm", "-rf", target)
            try await check("install", "-d", "-o", "mysql", target)
            try await restore(tool, location, to: target)
            try await RestoredServer.on(target) { restored in
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        @Test(.complete, arguments: tools)
        func `an archiver that fails fails the run`(tool: String) async throws {
            let host = try await DatabaseHost.with()
            let options = try await prepare(tool)
            try await check("rm", "-rf", Self.place)
            let backup = try await Backup.run(options + [Lab.destination])
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("failed")?["failure"]["step"].string == "archive", backup.report)
            try await expectAlive(host)
        }

        /// An empty repository, the hook and its options.
        private func prepare(_ tool: String) async throws -> [String] {
            let hooks = "/run/lab/\(tool).d"
            try await check("rm", "-rf", Self.place)
            try await check(
                "install",
                "-D",
                "-m",
                "644",
                "\(Lab.root)/examples/\(tool)/50-\(tool).lua",
                "\(hooks)/50-\(tool).lua"
            )
            try await check("chmod", "755", hooks)
            try await check("install", "-d", "-m", "700", "/etc/lvmbackup/secrets")
            for name in Self.tools {
                try "very secret".write(toFile: "/etc/lvmbackup/secrets/\(name)", atomically: false, encoding: .utf8)
                try await check("chmod", "600", "/etc/lvmbackup/secrets/\(name)")
            }
            switch tool {
            case "restic": try await checked(["restic", "init", "-q", "-r", Self.place])
            case "borg": try await checked(["borg", "init", "-e", "repokey", Self.place])
            default: try await check("mkdir", "-p", Self.place)
            }
            let key = tool == "rsync" ? "directory" : "repository"
            let file = "/run/lab/\(tool).toml"
            try "[hooks.\(tool)]\n\(key) = \"\(Self.place)\"\n".write(toFile: file, atomically: false, encoding: .utf8)
            return ["-c", file, "--hooks", hooks]
        }

        private func restore(_ tool: String, _ location: String, to target: String) async throws {
            switch tool {
            case "restic":
                let id = location.split(separator: "#").last.map(String.init) ?? ""
                try await checked(["restic", "-q", "-r", Self.place, "restore", id, "--target", target])
            case "borg":
                try await check(
                    "bash",
                    "-c",
                    "cd \(target) && BORG_PASSPHRASE='very secret' borg extract '\(location)'"
                )
            default: try await check("rsync", "-aHAX", "\(location)/", "\(target)/")
            }
        }

        private func checked(_ words: [String]) async throws {
            let secrets = ["RESTIC_PASSWORD": "very secret", "BORG_PASSPHRASE": "very secret", "HOME": "/root"]
            let result = try await Command(words, environment: secrets).wait()
            try #require(result.status == 0, result.report)
        }
    }
}
