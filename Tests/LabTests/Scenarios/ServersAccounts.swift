import Foundation
import Testing

extension LabTests {
    /// How the command finds the server, and the accounts of `docs/privileges.md` on MySQL.
    @Suite struct ServersAccounts {
        private static let options = "/run/lab/accounts.cnf"
        static let ways = ["socket", "tcp"].flatMap { way in ["read-lock", "instance", "none"].map { (way, $0) } }

        @Test(.servers(.mysql), arguments: ways)
        func `the documented account suffices for the plan, without a warning`(way: String, plan: String)
            async throws
        {
            let host = try await DatabaseHost.with()
            try await host.setMyISAM(plan == "read-lock")
            let place = way == "tcp" ? "127.0.0.1" : "localhost"
            try await host.query(
                "CREATE USER 'lvmbackup'@'\(place)' IDENTIFIED WITH caching_sha2_password BY 'right'"
            )
            for grant in try Self.grants(plan) {
                try await host.query(grant.replacingOccurrences(of: "'localhost'", with: "'\(place)'"))
            }
            let server = way == "tcp" ? "host=127.0.0.1\nport=3306" : "socket=\(DatabaseHost.socket)"
            try "[client]\nuser=lvmbackup\npassword=right\n\(server)\n"
                .write(toFile: Self.options, atomically: false, encoding: .utf8)
            try await check("chmod", "600", Self.options)
            var proof = ServerProof(host: host, plan: plan)
            proof.connection = ["--defaults-file", Self.options]
            proof.options = ["--lock", plan]
            let backup = try await proof.take("documented account over \(way)")
            #expect(backup.events("warning").map { $0["text"].string ?? "" } == [], backup.report)
            try await host.query("DROP USER 'lvmbackup'@'\(place)'")
        }

        @Test(.servers())
        func `without an option file the well-known socket of the server is found`() async throws {
            let host = try await DatabaseHost.with()
            try await host.setMyISAM(true)
            let backup = try await Backup.run(Lab.destination)
            #expect(try backup.set().manifest["server"]["flavour"].string == ServerProduct.here.rawValue)
        }

        /// The statements of `docs/privileges.md` for MySQL: those of its first heading, of the headings that name the
        /// plan, and of those without which there is a warning.
        private static func grants(_ plan: String) throws -> [String] {
            let page = try String(contentsOfFile: "\(Lab.root)/docs/privileges.md", encoding: .utf8)
            let lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let start = try #require(lines.firstIndex { $0.hasPrefix("-- MySQL ") })
            var heading = "first"
            var grants: [String] = []
            for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("```") && !$0.isEmpty }) {
                if line.hasPrefix("-- ") {
                    heading = line
                } else if ["first", "plan \(plan)", "without it: a warning"].contains(where: heading.contains) {
                    grants.append(line)
                }
            }
            try #require(!grants.isEmpty, "no grants for MySQL in docs/privileges.md")
            return grants
        }
    }
}
