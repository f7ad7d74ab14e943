import Foundation
import Testing

extension LabTests {
    /// Other users' ways to read or redirect a backup's data.
    @Suite struct Security {
        private static let secrets = ["planted-password-7431", "planted-hook-secret-2958"]
        private static let user = "lvmbackup"

        @Test(.complete)
        func `the least privileged documented user suffices, and no secret shows anywhere`() async throws {
            let host = try await DatabaseHost.with()
            try await createUser(host)
            let options = try await plantSecrets()
            // A statement has them in hexadecimal.
            let forms = Self.secrets + Self.secrets.map { $0.utf8.map { String(format: "%02X", $0) }.joined() }
            let watch = SecretWatch.start(forms)
            let backup = try await Backup.run(
                ["--defaults-file", options, "--hooks", "/run/lab/secret-hooks", "--log-level", "debug", "--trace"]
                    + [Lab.destination]
            )
            let seen = await watch.stop()
            try await host.query("DROP USER \(Self.user)@localhost")

            let set = try backup.set()
            #expect(backup.events("warning").map { $0["text"].string ?? "" } == [], backup.report)
            #expect(seen.processes > 2, "no file was looked at")
            #expect(seen.places == [])
            // It was there to be said: the hook ran, and wrote the secret's name.
            #expect(backup.said.contains("[secret door]"), backup.report)
            for secret in forms {
                #expect(!backup.said.contains(secret), "\(secret) is in the output")
                let places = [set.directory, "/run/lvmbackup", "/var/lib/lvmbackup"]
                let files = try await Command(["grep", "-rlaF", "--", secret] + places).wait()
                #expect(files.output == "", "\(secret) is in a file")
            }
            try await expectAlive(host)
        }

        /// As `docs/privileges.md` has it.
        private func createUser(_ host: DatabaseHost) async throws {
            let page = try String(contentsOfFile: "\(Lab.root)/docs/privileges.md", encoding: .utf8)
            let lines = page.split(separator: "\n").map(String.init)
            let heading = try #require(lines.firstIndex { $0.hasPrefix("-- MariaDB 10.5 and later, plans stage") })
            let grant = lines[heading + 1]
            try #require(grant.hasPrefix("GRANT ") && grant.contains("'\(Self.user)'@'localhost'"))
            try await host.query("CREATE USER \(Self.user)@localhost IDENTIFIED BY '\(Self.secrets[0])'; \(grant)")
        }

        /// - Returns: the option file.
        private func plantSecrets() async throws -> String {
            let options = "/run/lab/secret.cnf"
            try "[client]\nuser=\(Self.user)\npassword=\(Self.secrets[0])\n"
                .write(toFile: options, atomically: false, encoding: .utf8)
            let hook = """
                backup.before("mount", function(run)
                  local secret = run:secret("door")
                  log.info(tostring(secret))
                  run:sql("SELECT length(?) AS n", secret)
                  pcall(run.sql, run, "SELECT no_such_column + ?", secret)
                  run:exec { "sleep", "0.5" }
                end)
                """
            try await check("install", "-d", "-m", "755", "/run/lab/secret-hooks")
            try await check("install", "-d", "-m", "700", "/etc/lvmbackup/secrets")
            try hook.write(toFile: "/run/lab/secret-hooks/10-door.lua", atomically: false, encoding: .utf8)
            let secret = "/etc/lvmbackup/secrets/door"
            try Self.secrets[1].write(toFile: secret, atomically: false, encoding: .utf8)
            try await check("chmod", "600", options, secret)
            try await check("chmod", "755", "/run/lab/secret-hooks")
            try await check("chmod", "644", "/run/lab/secret-hooks/10-door.lua")
            return options
        }

        @Test(.complete)
        func `only root can read what a run makes, while it runs and afterwards`() async throws {
            let host = try await DatabaseHost.with()
            let run = try await StoppedRun.at("step/archive:middle:stop")
            let places = ["/run/lvmbackup", "/var/lib/lvmbackup/runs"]
            let during = try await readable(places)
            let partial = try await readable(try partials())
            let backup = try await run.finish()
            #expect(during == [])
            #expect(partial == [])
            #expect(try await readable([backup.set().directory]) == [])
            // The place of the copy is not known beforehand.
            let mounted = try #require(backup.event("mounted")?["path"].string, backup.report)
            #expect(mounted.wholeMatch(of: /\/run\/lvmbackup\/[^\/]+\/mount-[A-Za-z0-9]{6}/) != nil, "\(mounted)")
            try await expectAlive(host)
        }

        private func partials() throws -> [String] {
            let all = try FileManager.default.contentsOfDirectory(atPath: Lab.destination)
            let partials = all.filter { $0.contains("partial") }.map { "\(Lab.destination)/\($0)" }
            try #require(!partials.isEmpty, "no partial set in \(all)")
            return partials
        }

        /// The files that others may read, or pass through, on the file system of these places; the copy itself, which
        /// is mounted there, has the rights of the original, and no other user can reach it.
        private func readable(_ places: [String]) async throws -> [String] {
            let conditions = ["-xdev", "-not", "-type", "l", "-perm", "/077", "-printf", "%m %p\\n"]
            return try await check(["find"] + places + conditions).split(separator: "\n").map(String.init)
        }

        @Test(.complete)
        func `links that are planted in the way are not followed`() async throws {
            let host = try await DatabaseHost.with()
            let (trap, mounts) = ("/srv/trap", "/srv/mounts")
            try await check("mkdir", "-p", trap, mounts)
            // In the place of a set whose name is known beforehand.
            try await check("ln", "-s", trap, "\(Lab.destination)/daily")
            try await check("install", "-d", "-m", "755", "/run/lab/name-hooks")
            let hook = "backup.filter('archive.name', function(run, name) return 'daily' end)"
            try hook.write(toFile: "/run/lab/name-hooks/10-name.lua", atomically: false, encoding: .utf8)
            try await check("chmod", "644", "/run/lab/name-hooks/10-name.lua")
            let options = ["--hooks", "/run/lab/name-hooks", "--mount-directory", mounts]
            let backup = try await Backup.run(options + [Lab.destination])
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("\(Lab.destination)/daily"), backup.report)
            #expect(try FileManager.default.contentsOfDirectory(atPath: trap) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: mounts) == [])
            try await check("rm", "\(Lab.destination)/daily")
            try await check("rmdir", trap, mounts)
            try await expectAlive(host)
        }
    }
}

/// Looks all the time at the arguments and environments of all processes.
private actor SecretWatch {
    struct Sightings: Sendable {
        /// Processes that were there with the command's name, or below it.
        var processes = 0
        var places: Set<String> = []
    }

    private var sightings = Sightings()
    private var pids: Set<Int32> = []
    private let secrets: [String]
    private var task: Task<Void, Never>?

    static func start(_ secrets: [String]) -> SecretWatch {
        let watch = SecretWatch(secrets)
        Task { await watch.begin() }
        return watch
    }

    private init(_ secrets: [String]) { self.secrets = secrets }

    private func begin() {
        task = Task {
            while !Task.isCancelled {
                look()
                // Cancelled is how it ends.
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    func stop() async -> Sightings {
        task?.cancel()
        await task?.value
        sightings.processes = pids.count
        return sightings
    }

    private func look() {
        let own = getpid()
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        for pid in entries.compactMap({ Int32($0) }) where pid != own {
            for name in ["cmdline", "environ"] {
                let file = URL(fileURLWithPath: "/proc/\(pid)/\(name)")
                // Gone meanwhile, or a thread of the kernel.
                guard let data = try? Data(contentsOf: file), !data.isEmpty else { continue }
                pids.insert(pid)
                let text = String(decoding: data, as: UTF8.self)
                if secrets.contains(where: text.contains) {
                    sightings.places.insert("\(name) of \(text.prefix { $0 != "\0" })")
                }
            }
        }
    }
}
