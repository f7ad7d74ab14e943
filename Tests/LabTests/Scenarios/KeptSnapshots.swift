import Foundation
import Testing

extension LabTests {
    /// Kept snapshots: they are looked into without a change, and their volumes are put back to them.
    @Suite struct KeptSnapshots {
        static let layouts = [("xfs", true), ("ext4", false), ("ext4", true), ("xfs", false)].map {
            Layout(filesystem: $0, isThin: $1)
        }

        private static let client = [
            ServerProduct.here == .mariadb ? "mariadb" : "mysql", "--no-defaults", "--socket={socket}",
            "--skip-column-names", "--batch", "--execute",
        ]

        private func open(_ kept: KeptSet, _ statement: String) -> [String] {
            [Lab.command, "open", kept.set.directory, "--"] + Self.client + [statement]
        }

        /// Volumes of runs, processes with a run's mark, directories and records.
        private func traces() async throws -> String {
            let look = """
                lvs --noheadings -o lv_full_name -S 'lv_tags={lvmbackup_active}'
                grep -l LVMBACKUP_RUN= /proc/[0-9]*/environ 2>/dev/null
                ls -d \(Lab.destination)/.lvmbackup-open-* 2>/dev/null
                ls /run | grep '^lvmbackup-'
                ls /run/lvmbackup | grep -v '[.]lock$'
                ls /var/lib/lvmbackup/runs 2>/dev/null
                grep -o '/run/lvmbackup/[^ ]*' /proc/[0-9]*/mountinfo 2>/dev/null
                dmsetup info -c --noheadings -o name -S suspended=Suspended | grep -v 'No devices'
                true
                """
            return try await check("bash", "-c", look)
        }

        @Test(.complete, arguments: layouts)
        func `a kept snapshot shows the rows of the freeze, and does not change`(layout: Layout) async throws {
            let host = try await DatabaseHost.with(layout)
            let kept = try await KeptSet.make(isThin: layout.isThin)
            let frozen = try await host.query("CHECKSUM TABLE `shop`.`orders`")[0][1]
            let bytes = try await kept.checksum()
            try await host.query("UPDATE `shop`.`orders` SET `note` = '' WHERE `id` < 500")
            #expect(try await kept.state() == "valid")

            let opened = try await Command(open(kept, "CHECKSUM TABLE `shop`.`orders`")).wait()
            #expect(opened.status == 0, opened.report)
            #expect(opened.output.split(separator: "\t").last?.trimmingCharacters(in: .newlines) == frozen)
            #expect(try await traces() == "", opened.report)

            let client = ServerProduct.here.client(DatabaseHost.socket).joined(separator: " ")
            let load = """
                set -e -o pipefail
                \(client) -e 'DROP DATABASE IF EXISTS shop_of_then; CREATE DATABASE shop_of_then'
                \(Lab.command) dump \(kept.set.directory) shop.orders | \(client) shop_of_then
                """
            try await check("bash", "-c", load)
            #expect(try await host.query("CHECKSUM TABLE `shop_of_then`.`orders`")[0][1] == frozen)
            let verified = try await run(Lab.command, "verify", kept.set.directory, "--level", "start")
            #expect(verified.status == 0, verified.report)
            #expect(try await traces() == "", verified.report)
            #expect(try await kept.checksum() == bytes)
            try await kept.remove()
            await DatabaseHost.forget()
        }

        @Test(.complete, arguments: ["1G", "8G"])
        func `a thin snapshot of any size is ready in under 10 s`(size: String) async throws {
            let host = try await DatabaseHost.with(Layout(isThin: true, size: size))
            let kept = try await KeptSet.make(isThin: true)
            var seconds: [Double] = []
            for _ in 1...3 {
                let opened = try await Command(open(kept, "SELECT 1")).wait()
                #expect(opened.status == 0, opened.report)
                let words = opened.errors.split(separator: "ready after ").last?.split(separator: " ").first
                seconds.append(try #require(words.flatMap { Double($0) }, opened.report))
            }
            try Results.write("kept-thin-\(size).txt", "\(seconds)\n")
            #expect(seconds.median < 10, "\(seconds)")
            try await kept.remove()
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [layouts[0], layouts[1]])
        func `nothing is left of an open kept snapshot that was killed`(layout: Layout) async throws {
            let host = try await DatabaseHost.with(layout)
            let kept = try await KeptSet.make(isThin: layout.isThin)
            let bytes = try await kept.checksum()
            for moment in 1...20 {
                let opening = try Command(open(kept, "DO SLEEP(100)"))
                try await Task.sleep(for: .milliseconds(moment * 500))
                // Each second time no process is left to remove anything.
                if moment.isMultiple(of: 2) {
                    let guardians = Guardians.living.filter { $0.parent == opening.pid }
                    for guardian in guardians { kill(guardian.pid, SIGKILL) }
                }
                opening.signal(SIGKILL)
                _ = await opening.wait()
                try await Guardians.areDone()
                let cleanup = try await run(Lab.command, "cleanup")
                #expect(cleanup.status == 0, cleanup.report)
                #expect(try await traces() == "", "moment \(moment): \(cleanup.report)")
            }
            #expect(try await kept.checksum() == bytes)
            #expect(try await kept.state() == "valid")
            try await kept.remove()
            try await expectAlive(host)
        }

        @Test(.complete, arguments: [layouts[0], layouts[1]])
        func `a rollback puts the data back, and the server starts`(layout: Layout) async throws {
            let host = try await DatabaseHost.fresh(layout)
            let kept = try await KeptSet.make(isThin: layout.isThin)
            let frozen = try await host.query("CHECKSUM TABLE `shop`.`orders`")[0][1]
            try await host.query("DROP DATABASE `shop`")

            let rollback = [Lab.command, "rollback", kept.set.directory]
            let running = try await Command(rollback + ["--yes"]).wait()
            #expect(running.status == 78 && running.errors.contains("the volume is in use"), running.report)
            try await check("\(Lab.tools)/database-host", "stop")
            let mounted = try await Command(rollback + ["--yes"]).wait()
            #expect(mounted.status == 78 && mounted.errors.contains("mounted"), mounted.report)
            try await check("umount", "/var/lib/mysql")
            let unasked = try await Command(rollback).wait()
            #expect(unasked.status == 78 && unasked.errors.contains("needs a terminal"), unasked.report)
            #expect(try await kept.state() == "valid")

            let done = try await Command(rollback + ["--yes"]).wait()
            #expect(done.status == 0, done.report)
            #expect(try await kept.state() == "rolled_back")
            let volume = try await check("lvs", "--noheadings", "-o", "lv_tags,lv_skip_activation,lv_attr", "lab/mysql")
            #expect(!volume.contains("lvmbackup") && !volume.contains("skip"), "\(volume)")
            let refused = try await Command(open(kept, "SELECT 1")).wait()
            #expect(refused.status == 78 && refused.errors.contains("does not exist any more"), refused.report)

            try await check("mount", "/dev/lab/mysql", "/var/lib/mysql")
            try await check("\(Lab.tools)/database-host", "start")
            #expect(try await host.query("CHECKSUM TABLE `shop`.`orders`")[0][1] == frozen)
            _ = try await Backup.run(Lab.destination).set()
            try await kept.remove()
        }
    }
}
