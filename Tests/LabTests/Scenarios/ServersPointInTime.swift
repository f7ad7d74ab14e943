import Foundation
import Testing

extension LabTests {
    /// Restores to a time, a position and a GTID, from a backup and the binary logs that were written after it.
    @Suite struct ServersPointInTime {
        /// Copies of the logs; the server may remove its own.
        private static let logs = "/srv/binlogs"
        private static let target = "/srv/restored"

        private func copyLogs(_ host: DatabaseHost) async throws {
            try await check("rm", "-rf", Self.logs)
            try await check("mkdir", Self.logs)
            for name in try await host.query("SHOW BINARY LOGS").map({ $0[0] }) {
                try await check("cp", "\(host.layout.datadir)/\(name)", Self.logs)
            }
        }

        private func restore(_ set: BackupSet, until target: String) async throws -> Command.Result {
            try await check("rm", "-rf", Self.target)
            let words = ["restore", set.directory, "--to", Self.target, "--until", target, "--binlogs", Self.logs]
            return try await Command([Lab.command] + words).wait()
        }

        /// Seconds that the clock of the host is ahead of the monotonic one.
        private var clockOffset: Double { Date().timeIntervalSince1970 - monotonicSeconds() }

        /// Every row that was acknowledged before the moment is there, and none that was sent after it.
        private func expectRows(_ restored: RestoredServer, until moment: Double, _ load: Load.Report) async throws {
            let span = (moment - clockOffset - 0.05)...(moment - clockOffset + 0.05)
            try await expectExactlyTheFreeze(restored, span, load, tables: ["innodb"])
        }

        @Test(.servers())
        func `a table that was dropped comes back, with every row up to the moment and none after`() async throws {
            let host = try await DatabaseHost.fresh()
            try await host.setMyISAM(false)
            try await host.query("CREATE USER IF NOT EXISTS late@localhost")
            var marks: (position: String, gtid: String, dropped: Double) = ("", "", 0)
            let (backup, load) = try await underLoad(myisam: 0) {
                let backup = try await Backup.run(Lab.destination)
                try await host.query("FLUSH BINARY LOGS; CREATE TABLE shop.mark (k int PRIMARY KEY)")
                try await host.query("GRANT SELECT ON shop.* TO late@localhost; INSERT INTO shop.mark VALUES (1)")
                let status = try #require(try await host.query(ServerProduct.here.binlogStatus).first)
                marks.position = "\(status[0]):\(status[1])"
                marks.gtid = try await gtidOfMark(host)
                try await Task.sleep(for: .seconds(3))
                marks.dropped = try #require(
                    Double(try await host.query("DROP TABLE shop.orders; SELECT unix_timestamp()")[0][0])
                )
                try await host.query("FLUSH BINARY LOGS")
                try await Task.sleep(for: .seconds(2))
                return backup
            }
            let set = try backup.set()
            try await copyLogs(host)

            let moment = marks.dropped - 1
            let result = try await restore(set, until: "@\(moment)")
            try #require(result.status == 0, result.report)
            #expect(!result.errors.contains("the binary logs end"), result.report)
            try await RestoredServer.on(Self.target) { restored in
                #expect(try await restored.query("SELECT count(*) > 0 FROM shop.orders") == [["1"]])
                #expect(try await restored.query("SHOW GRANTS FOR late@localhost").count == 2)
                try await expectRows(restored, until: moment, load)
                try await expectClosedTables(restored)
            }
            for target in [marks.position] + (marks.gtid.isEmpty ? [] : [marks.gtid]) {
                let found = try await restore(set, until: target)
                try #require(found.status == 0, found.report)
                try await RestoredServer.on(Self.target) { restored in
                    let marked = try await restored.query("SELECT k FROM shop.mark")
                    let hasOrders = try await restored.query("SELECT count(*) > 0 FROM shop.orders")
                    #expect(marked == [["1"]])
                    #expect(hasOrders == [["1"]])
                }
            }
            try await expectRefusals(set, until: "@\(moment)")
            try await check("rm", "-rf", set.directory, Self.logs)
            await DatabaseHost.forget()
        }

        /// The GTID of the transaction that filled the table `mark`; empty without GTIDs.
        private func gtidOfMark(_ host: DatabaseHost) async throws -> String {
            guard ServerProduct.here == .mariadb else { return "" }
            return try await host.query(
                "INSERT INTO shop.mark VALUES (2); DELETE FROM shop.mark WHERE k = 2; SELECT @@last_gtid"
            )[0][0]
        }

        /// A missing log, a target that no log has, and a text that is no target: no file is written.
        private func expectRefusals(_ set: BackupSet, until target: String) async throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: Self.logs).sorted()
            let start = try set.position().file
            for (text, part) in [
                ("yesterday", "is no target"), ("binlog.999999:4", "is missing"),
                ("99-99-99", "no transaction with the GTID"),
            ] {
                let result = try await restore(set, until: text)
                #expect(result.status != 0 && result.errors.contains(part), result.report)
                #expect(!FileManager.default.fileExists(atPath: Self.target), result.report)
            }
            try await check("rm", "\(Self.logs)/\(try #require(names.first { $0 > start }))")
            let result = try await restore(set, until: target)
            #expect(result.status == 78 && result.errors.contains("is missing"), result.report)
            #expect(!FileManager.default.fileExists(atPath: Self.target), result.report)
        }
    }
}
