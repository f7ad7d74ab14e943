import Foundation
import Testing

extension LabTests {
    /// Processes with the account of the server that pose as it, and programs that others could have changed.
    @Suite struct Impostors {
        private static let socket = "/srv/attacker/relay.sock"
        /// Through the relay the server sees the attacker's user, so that the account has a password.
        private static let options = "/run/lab/impostors.cnf"

        private func makeAccount(_ host: DatabaseHost) async throws {
            try await host.query(
                "CREATE OR REPLACE USER relayed@localhost IDENTIFIED BY 'by-password'; GRANT ALL ON *.* TO relayed@localhost"
            )
            try "[client]\nuser=relayed\npassword=by-password\n"
                .write(toFile: Self.options, atomically: false, encoding: .utf8)
            try await check("chmod", "600", Self.options)
        }

        /// Starts a relay in front of the server, which holds a file open as the server holds its data.
        private func relay(_ held: String, _ edit: [String] = [], in prefix: [String] = []) async throws -> Command {
            let user = ["setpriv", "--reuid", "mysql", "--regid", "mysql", "--clear-groups"]
            let program = ["/srv/attacker/relay", Self.socket, DatabaseHost.socket, held]
            let relay = try Command(user + prefix + program + edit)
            try await until("the relay listens") {
                try #require(relay.isRunning, "\(relay.errors)")
                return FileManager.default.fileExists(atPath: Self.socket)
            }
            return relay
        }

        /// Refused before the lock, with words that name the reason.
        private func expectRefusal(_ options: [String], _ words: String...) async throws {
            let canaries = try await Canaries.state()
            let backup = try await Backup.run(options + [Lab.destination])
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            for word in words { #expect(backup.said.contains(word), "\(word): \(backup.report)") }
            #expect(try await Canaries.state() == canaries)
        }

        @Test(.complete) func `a data directory of root's, named by edited answers, is refused`() async throws {
            let host = try await DatabaseHost.with()
            _ = try await Canaries.plant()
            try await makeAccount(host)
            // The name has the length of the real one.
            try await check("install", "-d", "-m", "755", "/srv/rootsowns/mysql")
            try await check("install", "-m", "644", "/etc/hostname", "/srv/rootsowns/ibdata1")
            let relay = try await relay("/srv/rootsowns/ibdata1", ["/var/lib/mysql", "/srv/rootsowns"])
            try await expectRefusal(["--defaults-file", Self.options, "--socket", Self.socket], "belongs to user 0")
            relay.signal(SIGKILL)
            _ = await relay.wait()
            try await check("rm", "-rf", "/srv/rootsowns")
            try await expectAlive(host)
        }

        @Test(.complete) func `a server whose mounts are those of a user's own namespace is refused`() async throws {
            let host = try await DatabaseHost.with()
            _ = try await Canaries.plant()
            try await makeAccount(host)
            let script = "mount --bind /srv/attacker /etc && exec \"$@\""
            let prefix = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
            let relay = try await relay("/var/lib/mysql/ibdata1", in: prefix)
            try await expectRefusal(
                ["--defaults-file", Self.options, "--socket", Self.socket],
                "user namespace of its own"
            )
            relay.signal(SIGKILL)
            _ = await relay.wait()
            try await expectAlive(host)
        }

        /// It answers with the server's own words, but holds none of its files.
        @Test(.complete) func `a process that holds no data is not taken for the server`() async throws {
            let host = try await DatabaseHost.with()
            _ = try await Canaries.plant()
            try await makeAccount(host)
            let relay = try await relay("/etc/hostname")
            try await expectRefusal(
                ["--defaults-file", Self.options, "--socket", Self.socket],
                "its process on this host is not known"
            )
            relay.signal(SIGKILL)
            _ = await relay.wait()
            try await expectAlive(host)
        }

        @Test(.complete) func `a program that the server's user can write to is refused, unless it is named`()
            async throws
        {
            let host = try await DatabaseHost.fresh()
            _ = try await Canaries.plant()
            let program = "/srv/opt/mariadbd"
            try await check("install", "-d", "-o", "mysql", "/srv/opt")
            try await check("install", "-m", "755", "/usr/sbin/mariadbd", program)
            try await check("\(Lab.tools)/database-host", "stop")
            let server = try Command([program, "--user=mysql"])
            try await until("the server answers") {
                try #require(server.isRunning, "\(server.errors)")
                return try await run("mariadb-admin", "--no-defaults", "--socket=\(DatabaseHost.socket)", "ping").status
                    == 0
            }
            try await expectRefusal([], "\"/srv/opt\"", "--server-executable")
            let backup = try await Backup.run("--server-executable", program, Lab.destination)
            #expect(backup.status == 0, backup.report)
            #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            server.signal(SIGTERM)
            _ = await server.wait()
            try await check("rm", "-rf", "/srv/opt")
            await DatabaseHost.forget()
            _ = host
        }
    }
}
