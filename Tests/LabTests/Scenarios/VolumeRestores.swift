import Foundation
import Testing

extension LabTests {
    /// Sets that are restored to volumes which the command makes.
    @Suite struct VolumeRestores {
        private static let target = "lab/restored"
        private static let mounted = "/srv/restored-volume"
        private static let datadir = "/srv/restored-copy"

        private func restore(_ set: BackupSet, _ fileSystem: String) -> [String] {
            [
                Lab.command, "restore", set.directory, "--to-volume", Self.target, "--size", "700M", "--mkfs",
                fileSystem,
            ]
        }

        /// The tags of the volume; nil where there is none.
        private func tags() async throws -> String? {
            let report = try await check("lvs", "--noheadings", "-o", "lv_name,lv_tags", "-S", "lv_name=restored")
            let words = report.split(whereSeparator: \.isWhitespace)
            return words.isEmpty ? nil : words.dropFirst().joined()
        }

        @Test(.complete, arguments: ["xfs", "ext4"])
        func `a server starts on a volume that a set was restored to`(fileSystem: String) async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let rows = try await host.query("CHECKSUM TABLE `shop`.`orders`")
            let before = try await Traces.now()
            let result = try await Command(restore(set, fileSystem)).wait()
            #expect(result.status == 0, result.report)
            #expect(try await tags() == "", result.report)
            try await expectNoTraces(since: before, keeping: [Self.target])

            // An existing volume is not touched.
            let again = try await Command(restore(set, fileSystem)).wait()
            #expect(again.status == 78, again.report)
            #expect(again.errors.contains("it exists already"), again.report)

            try await check("mkdir", "-p", Self.mounted)
            try await check("mount", "-t", fileSystem, "/dev/\(Self.target)", Self.mounted)
            try await check("rm", "-rf", Self.datadir)
            try await check("cp", "-a", Self.mounted, Self.datadir)
            try await check("umount", Self.mounted)
            try await check("lvremove", "-y", "-q", Self.target)
            try await RestoredServer.on(Self.datadir) { restored in
                let restoredRows = try await restored.query("CHECKSUM TABLE `shop`.`orders`")
                #expect(restoredRows[0][1] == rows[0][1])
            }
            try await expectAlive(host)
        }

        @Test(.complete)
        func `nothing is left of a restore to a volume that was killed`() async throws {
            let host = try await DatabaseHost.with()
            let set = try await Backup.run(Lab.destination).set()
            let before = try await Traces.now()
            for moment in 1...8 {
                let restoring = try Command(restore(set, moment.isMultiple(of: 2) ? "xfs" : "ext4"))
                try await Task.sleep(for: .milliseconds(moment * 600))
                // Each second time no guardian is left.
                if moment.isMultiple(of: 2) {
                    for guardian in Guardians.living.filter({ $0.parent == restoring.pid }) {
                        kill(guardian.pid, SIGKILL)
                    }
                }
                restoring.signal(SIGKILL)
                let end = await restoring.wait()
                try await Guardians.areDone()
                let cleanup = try await run(Lab.command, "cleanup")
                #expect(cleanup.status == 0, cleanup.report)
                // A restore that was quicker has its volume.
                if end.status == 0 { try await check("lvremove", "-y", "-q", Self.target) }
                #expect(try await tags() == nil, "moment \(moment): \(cleanup.report)")
                try await expectNoTraces(since: before)
            }
            try await expectAlive(host)
        }
    }
}
