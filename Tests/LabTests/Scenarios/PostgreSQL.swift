import Foundation
import Testing

extension LabTests {
    /// The policy of `examples/postgresql`, with the real server.
    @Suite struct PostgreSQL {
        @Test(.complete)
        func `a cluster under load is backed up, and the restored one is whole`() async throws {
            await DatabaseHost.forget()
            try await check("\(Lab.tools)/destination")
            try await check("\(Lab.tools)/database-host", "down")
            try await check("\(Lab.tools)/postgresql-host", "up")
            let hooks = "/etc/lvmbackup/postgresql.d"
            let policy = "\(Lab.root)/examples/postgresql/20-postgresql.lua"
            try await check("install", "-D", "-m", "644", policy, "\(hooks)/20-postgresql.lua")
            // Each transaction moves one from an account to another: the sum stays.
            let transfers = """
                DO $$ BEGIN FOR i IN 1..4000 LOOP
                UPDATE account SET balance = balance - 1 WHERE id = 1 + i % 20000;
                UPDATE account SET balance = balance + 1 WHERE id = 1 + (i * 7919) % 20000;
                COMMIT; END LOOP; END $$
                """
            let load = try Command(client(5432, transfers))
            let busy = try await Backup.run("--hooks", hooks, Lab.destination)
            #expect(await load.wait().status == 0)
            let sums = try await restored(try busy.set()) {
                try await psql(5433, "SELECT sum(balance), count(*) FROM account")
            }
            #expect(sums == "0|20000\n")

            let quiet = try await Backup.run("--hooks", hooks, Lab.destination)
            let content = "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM account t"
            let live = try await psql(5432, content)
            #expect(try await restored(try quiet.set()) { try await psql(5433, content) } == live)
            #expect(try quiet.set().manifest["lock"]["plan"].string == "none")
            try await check("\(Lab.tools)/postgresql-host", "down")
        }

        private func client(_ port: Int, _ query: String) -> [String] {
            [
                "runuser", "-u", "postgres", "--", "psql", "-XqAt", "-h", "/run/postgresql", "-p", "\(port)", "-c",
                query,
                "postgres",
            ]
        }

        private func psql(_ port: Int, _ query: String) async throws -> String {
            try await check(client(port, query))
        }

        /// Starts a second server on what plain `tar` took out of the set.
        private func restored<Value: Sendable>(_ set: BackupSet, _ body: () async throws -> Value) async throws -> Value
        {
            let directory = "/srv/restored-pg"
            try await check("rm", "-rf", directory)
            try await check("install", "-d", directory)
            try await check("tar", "--zstd", "-xf", set.archive, "-C", directory)
            try await check("\(Lab.tools)/postgresql-host", "restored", directory)
            let value = try await body()
            let pid = try String(contentsOfFile: "\(directory)/postmaster.pid", encoding: .utf8).split(separator: "\n")[
                0
            ]
            try await check("kill", "-QUIT", String(pid))
            try await until("the restored server has ended") { try await run("kill", "-0", String(pid)).status != 0 }
            try await check("rm", "-rf", directory)
            return value
        }
    }
}
