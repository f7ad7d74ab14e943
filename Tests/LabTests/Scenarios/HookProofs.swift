import Foundation
import Testing

extension LabTests {
    /// The proofs of hooks that replace lock and snapshot, and their consequences.
    @Suite struct HookProofs {
        private static let options = InstalledHooks.option + ["--no-innodb-recovery", Lab.destination]

        /// A lock whose release looks whether it was still held; the proof, asked after it, tells.
        private static let provenLock =
            "local held\n"
            + SitePolicies.lock(
                call: """
                    held = late:sql("SELECT @@global.read_only AS value")[1].value == 1
                    late:sql("SET GLOBAL read_only = 0")
                    """,
                fields: "proof = function() if not held then error('somebody opened the server') end end,"
            )
        private static let validity = """
            check = function(run)
              local answer = run:exec {
                "lvs", "--noheadings", "-o", "lv_snapshot_invalid", "lab/hooked",
              }
              if answer.stdout:find("invalid") then error("the snapshot is full") end
            end,
            """

        @Test(.complete)
        func `without proof or check the set says so, and it is warned of`() async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are(["10-site.lua": SitePolicies.lock() + SitePolicies.snapshot()])
            let backup = try await Backup.run(Self.options)
            let unproven = try backup.set().manifest["unproven"].elements.compactMap(\.string)
            #expect(unproven == ["lock", "snapshot"], backup.report)
            let warnings = backup.events("warning").compactMap(\.["text"].string)
            #expect(warnings.contains { $0.contains("no proof that it was held") }, backup.report)
            #expect(warnings.contains { $0.contains("cannot say whether it is still valid") }, backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `with both nothing is unproven`() async throws {
            let host = try await DatabaseHost.with()
            let policy = Self.provenLock + SitePolicies.snapshot(fields: Self.validity)
            try await InstalledHooks.are(["10-site.lua": policy])
            let backup = try await Backup.run(Self.options)
            #expect(try backup.set().manifest["unproven"].elements == [], backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a lock that somebody opened meanwhile is found, and nothing is published`() async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are([
                "10-site.lua": Self.provenLock,
                "20-other.lua": """
                backup.before("snapshot", function(run)
                  run:exec { "mariadb", "--no-defaults", "-e", "SET GLOBAL read_only = 0" }
                end)
                """,
            ])
            let backup = try await Backup.run(Self.options)
            try expectUnpublished(backup, because: "somebody opened the server")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a lock whose session was killed is found, and nothing is published`() async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are([
                "20-custom-flush.lua": InstalledHooks.shipped("examples/custom-flush/20-custom-flush.lua"),
                "30-other.lua": """
                backup.before("snapshot", function(run)
                  local find = "SELECT GROUP_CONCAT('KILL ', id) FROM information_schema.processlist"
                    .. " WHERE id <> CONNECTION_ID() AND user = 'root'"
                  local answer = run:exec { "mariadb", "--no-defaults", "-N", "-B", "-e", find }
                  for statement in answer.stdout:gmatch("[^,\\n]+") do
                    run:exec { "mariadb", "--no-defaults", "-e", statement }
                  end
                end)
                """,
            ])
            let backup = try await Backup.run(Self.options)
            try expectUnpublished(backup, because: "lock")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a snapshot that is full after the last byte was read is found, and nothing is published`() async throws {
            let host = try await DatabaseHost.with()
            try await InstalledHooks.are([
                "10-site.lua": SitePolicies.snapshot(fields: Self.validity, size: "16M"),
                "20-other.lua": """
                backup.after("archive", function(run)
                  run:exec { "dd", "if=/dev/urandom", "of=/var/lib/mysql/ballast", "bs=1M", "count=64", "conv=fsync" }
                end)
                """,
            ])
            let backup = try await Backup.run(Self.options)
            try await check("rm", "-f", "/var/lib/mysql/ballast")
            #expect(backup.events("archived").count == 1, backup.report)
            try expectUnpublished(backup, because: "the snapshot is full")
            try await expectAlive(host)
        }

        private func expectUnpublished(_ backup: Backup, because reason: String) throws {
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("published") == nil, backup.report)
            let message = try #require(backup.event("failed")?["failure"]["message"].string, backup.report)
            #expect(message.contains(reason), backup.report)
        }
    }
}
