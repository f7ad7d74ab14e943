import Foundation
import Testing

extension LabTests {
    /// The content of the disks after a reboot: snapshots that are to stay, and one of a run that the power cut ended.
    @Suite struct PowerCut {
        /// Names that the next boot has to know.
        private static let kept = "/srv/kept-snapshot"
        private static let lost = "/srv/lost-snapshot"

        @Test(.atBoot(2))
        func `a snapshot is kept on request, and another run is under way at the power cut`() async throws {
            _ = try await DatabaseHost.fresh()
            // The host is older than the last seconds.
            try await check("sync", "-f", "/var/lib/mysql")
            let first = try Backup(await Backup.start(["--snapshot-only", Lab.destination]).wait())
            #expect(first.status == 0, first.report)
            let snapshot = try #require(first.event("snapshotted")?["name"].string, first.report)
            #expect(try await volumes().contains(snapshot))

            let second = try Backup.start([Lab.destination])
            try await until("the copy is mounted") { second.output.contains(#""mounted""#) || !second.isRunning }
            let lost = try await volumes().subtracting([snapshot]).filter { $0.contains("mysql_snapshot") }
            #expect(lost.count == 1)
            try snapshot.write(toFile: Self.kept, atomically: true, encoding: .utf8)
            try lost.joined().write(toFile: Self.lost, atomically: true, encoding: .utf8)
            try await check("sync", Self.kept, Self.lost)
            try Lab.cutPower()
        }

        @Test(.atBoot(3))
        func `after the reboot the kept snapshot is there, and the stale run's is removed by the next`() async throws {
            _ = try await DatabaseHost.resumed()
            let kept = try String(contentsOfFile: Self.kept, encoding: .utf8)
            let lost = try String(contentsOfFile: Self.lost, encoding: .utf8)
            #expect(try await volumes().isSuperset(of: [kept, lost]))

            let rehearsal = try await run(Lab.command, "cleanup", "--dry-run")
            #expect(rehearsal.status == 0, rehearsal.report)
            #expect((rehearsal.output + rehearsal.errors).contains(lost), rehearsal.report)
            #expect(try await volumes().isSuperset(of: [kept, lost]))

            _ = try await Backup.run(Lab.destination).set()
            let left = try await volumes()
            #expect(left.contains(kept))
            #expect(!left.contains(lost))
        }

        private func volumes() async throws -> Set<String> {
            let list = try await check("lvs", "--noheadings", "-o", "lv_full_name")
            return Set(list.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
        }
    }
}
