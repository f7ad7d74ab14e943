import Foundation
import Testing

extension LabTests {
    /// Disks that are slow, and disks that fail now and then.
    @Suite struct SlowDisks {
        @Test(.complete, arguments: [nil, "2s"])
        func `below the origin every write takes its time: the lock is bounded all the same`(
            limit: String?
        ) async throws {
            var layout = Layout()
            layout.isOnMapper = true
            let host = try await DatabaseHost.with(layout)
            let base = try await TableOfDevice.base()
            let before = try await Traces.now()
            try await base.slow(milliseconds: limit == nil ? 200 : 500)
            let options = limit.map { ["--max-lock", $0] } ?? []
            let command = try Backup.start(options + [Lab.destination])
            let backup = try Backup(await command.wait(limit: .seconds(400)))
            try await base.restore()
            let held = try #require(backup.event("unlocked")?["held_seconds"].number, backup.report)
            if limit == nil {
                let set = try backup.set()
                #expect(held < 31, backup.report)
                try await RestoredServer.of(set) { restored in
                    let count = try await restored.query("SELECT count(*) FROM shop.orders")
                    #expect(count == [["20000"]])
                }
            } else {
                #expect(held < 3, backup.report)
                #expect(backup.status == 1, backup.report)
                #expect(backup.said.contains("the lock was held for 2 s"), backup.report)
                #expect(backup.event("published") == nil, backup.report)
            }
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a snapshot whose own disk fails is not taken for a backup, and the origin goes on`() async throws {
            let host = try await DatabaseHost.with()
            let disk = try await TableOfDevice.loop("cow", size: 200)
            // The exception store is there, what LVM knows is not.
            try await check("pvcreate", "-q", "--metadatacopies", "0", disk.path)
            try await check("vgextend", "-q", "lab", disk.path)
            try await check("lvcreate", "-q", "-y", "-n", "ballast", "-l", "100%PVS", "lab", firstDisk)
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/archive:entry:stop")
            try await disk.failWrites()
            let write = ["if=/dev/urandom", "of=/var/lib/mysql/ballast", "bs=1M", "count=8", "oflag=direct"]
            try await check(["dd"] + write)
            let backup = try await run.finish()
            #expect(backup.status == 1, backup.report)
            #expect(backup.event("published") == nil, backup.report)
            let message = backup.event("failed")?["failure"]["message"].string ?? ""
            #expect(message.contains("writing to its disk failed"), backup.report)
            try await check("rm", "/var/lib/mysql/ballast")
            try await expectNoTraces(since: before)
            try await expectAlive(host)
            try await disk.restore()
            try await check("lvremove", "-q", "-y", "lab/ballast")
            try await check("vgreduce", "-q", "lab", disk.path)
            try await disk.remove()
        }

        private var firstDisk: String {
            get throws {
                let disks = ProcessInfo.processInfo.environment["LVMBACKUP_LAB_DISKS"] ?? ""
                return String(try #require(disks.split(separator: " ").first))
            }
        }

        @Test(.complete)
        func `a slow destination only takes longer`() async throws {
            let host = try await DatabaseHost.with()
            let far = try await FarDestination.make()
            let before = try await Traces.now()
            try await far.disk.slow(milliseconds: 200)
            let backup = try Backup(await Backup.start([far.mountPoint]).wait(limit: .seconds(400)))
            try await far.disk.restore()
            let set = try backup.set()
            try await expectNoTraces(since: before)
            try await RestoredServer.of(set) { restored in
                let count = try await restored.query("SELECT count(*) FROM shop.orders")
                #expect(count == [["20000"]])
            }
            try await far.remove()
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a destination that fails now and then has a whole set, or none and the reason`() async throws {
            let host = try await DatabaseHost.with()
            let far = try await FarDestination.make("errors=continue")
            let before = try await Traces.now()
            try await far.disk.failWrites(up: 2, down: 1)
            let backup = try Backup(await Backup.start([far.mountPoint]).wait(limit: .seconds(240)))
            try await far.disk.restore()
            if backup.status == 0 {
                let archive = try backup.set().archive
                try await check("tar", "--zstd", "-tf", archive)
            } else {
                #expect([1, 3].contains(backup.status), backup.report)
                #expect(backup.event("published") == nil, backup.report)
                #expect(backup.said.contains(far.mountPoint), backup.report)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: far.mountPoint).allSatisfy {
                        $0.hasPrefix(".") || $0 == "lost+found"
                    }
                )
            }
            let cleanup = try await Command([Lab.command, "cleanup"]).wait()
            if cleanup.status != 0 {
                // Read-only by now: files on it cannot be removed.
                #expect((cleanup.output + cleanup.errors).contains("\(far.mountPoint)/."), cleanup.report)
                try await far.mountAgain()
                let again = try await Command([Lab.command, "cleanup"]).wait()
                #expect(again.status == 0, again.report)
            }
            try await expectNoTraces(since: before)
            try await far.remove()
            try await expectAlive(host)
        }
    }
}
