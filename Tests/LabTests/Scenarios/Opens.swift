import Foundation
import Testing

extension LabTests {
    /// Private servers on backup sets: their data, and their complete removal.
    @Suite struct Opens {
        private static let command = [
            ServerProduct.here == .mariadb ? "mariadb" : "mysql", "--no-defaults", "--socket={socket}",
            "--skip-column-names",
            "--batch", "--execute",
        ]

        private func open(_ set: BackupSet, _ statement: String) -> [String] {
            [Lab.command, "open", set.directory, "--quiet", "--"] + Self.command + [statement]
        }

        /// Processes that carry a run's mark, directories of open sets, and records.
        private func traces() async throws -> String {
            let look = """
                grep -l LVMBACKUP_RUN= /proc/[0-9]*/environ 2>/dev/null
                ls -d /run/lvmbackup-*- \(Lab.destination)/.lvmbackup-open-* 2>/dev/null
                ls /run | grep '^lvmbackup-'
                ls /var/lib/lvmbackup/runs 2>/dev/null
                true
                """
            return try await check("bash", "-c", look)
        }

        @Test(.sample)
        func `an open set shows the rows of the freeze, and nothing is left`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let live = try await host.query("CHECKSUM TABLE `shop`.`orders`")
            let opened = try await check(open(set, "CHECKSUM TABLE `shop`.`orders`"))
            #expect(opened.split(separator: "\t").last?.trimmingCharacters(in: .newlines) == live[0][1])
            let refused = try await Command(open(set, "DELETE FROM `shop`.`orders`")).wait()
            #expect(refused.status == 1, refused.report)
            #expect(try await traces() == "")
            try await check(Lab.command, "verify", set.directory, "--level", "start")
            #expect(try await traces() == "")
            try await expectAlive(host)
        }

        @Test(.sample)
        func `one table of a set is loaded into the live server`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let before = try await host.query("CHECKSUM TABLE `shop`.`orders`")
            let client = ServerProduct.here.client(DatabaseHost.socket).joined(separator: " ")
            let load = """
                set -e -o pipefail
                \(client) -e 'DROP DATABASE IF EXISTS shop_of_yesterday; CREATE DATABASE shop_of_yesterday'
                \(Lab.command) dump \(set.directory) shop.orders | \(client) shop_of_yesterday
                """
            try await check("bash", "-c", load)
            let loaded = try await host.query("CHECKSUM TABLE `shop_of_yesterday`.`orders`")
            #expect(loaded[0][1] == before[0][1])
            try await host.query("DROP DATABASE shop_of_yesterday")
            #expect(try await traces() == "")
        }

        @Test(.sample)
        func `a dump that failed is loaded by no client`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let client = ServerProduct.here.client(DatabaseHost.socket).joined(separator: " ")
            let result = try await Command([
                "bash", "-c", "\(Lab.command) dump \(set.directory) shop.orders shop.missing | \(client) test_of_dump",
            ]).wait()
            #expect(result.status != 0, result.report)
            #expect(try await traces() == "")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `an open set that was killed leaves nothing behind`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            for moment in 1...20 {
                let opening = try Command(open(set, "DO SLEEP(100)"))
                try await Task.sleep(for: .milliseconds(moment * 400))
                opening.signal(SIGKILL)
                _ = await opening.wait()
                try await until("the guardian is done", limit: .seconds(60)) { try await traces() == "" }
            }
            try await expectAlive(host)
        }
    }
}
