import Foundation
import Testing

extension LabTests {
    /// The last rows of `docs/reliability.md`: each boot finds the disks as the power cut of the one before left them.
    @Suite struct PowerCuts {
        /// The act of the run when the power goes, and the point at which it is stopped for that.
        static let points = [
            ("locked", "step/lock:exit"), ("snapshotted", "step/snapshot:exit"), ("mounted", "step/mount:exit"),
            ("recovering", "step/recover:middle"), ("archiving", "step/archive:middle"),
            ("publishing", "step/publish:middle"), ("published", "step/publish:exit"),
            ("removing", "command/lvremove:entry"),
        ]
        private static let firstBoot = 2
        static let boots = firstBoot...(firstBoot + points.count)
        private static let memory = "/srv/sets-before"

        @Test(.faultBoots(boots))
        func `order is restored after a power cut`() async throws {
            let number = Lab.boot - Self.firstBoot
            let host = number == 0 ? try await DatabaseHost.fresh() : try await DatabaseHost.resumed()
            // The guest's own root is thrown away at each boot.
            try await check(
                "bash",
                "-c",
                "mkdir -p /srv/state /var/lib/lvmbackup && mount --bind /srv/state /var/lib/lvmbackup"
            )
            if number == 0 {
                // The host is older than the last seconds.
                try await check("sync", "-f", "/var/lib/mysql")
                // Each boot reads every set: those of hundreds of rows would take minutes.
                try await check("find", Lab.destination, "-mindepth", "1", "-delete")
                _ = try await Backup.run(Lab.destination).set()
            }
            if number > 0 { try await look(at: Self.points[number - 1].0, byNextRun: number.isMultiple(of: 2)) }
            try await expectAlive(host)
            let orders = try await host.query("SELECT count(*) FROM shop.orders")
            #expect(orders == [["20000"]])
            if number < Self.points.count { try await cut(Self.points[number].1) }
        }

        /// Leaves a run behind that the end of this boot ends, with everything lost that is not on the disks.
        private func cut(_ point: String) async throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: Lab.destination)
            try names.sorted().joined(separator: "\n").write(toFile: Self.memory, atomically: true, encoding: .utf8)
            // Before the run: the run itself has to bring all later writes to the disk.
            try await check("sync", Self.memory)
            try await check("sync", "-f", Lab.destination)
            let run = try Command(
                [Lab.product("lvmbackup"), Lab.destination],
                environment: ["LVMBACKUP_FAULT": "\(point):stop"]
            )
            try await until("the run has stopped") { run.isStopped || !run.isRunning }
            #expect(run.isRunning, "\(run.errors)")
            try Lab.cutPower()
        }

        private func look(at point: String, byNextRun: Bool) async throws {
            let names = try String(contentsOfFile: Self.memory, encoding: .utf8).split(separator: "\n")
            let before = Set(names.map(String.init))
            let new = try sets().subtracting(before)
            #expect(new.count == (point == "published" ? 1 : 0), "\(new)")
            for set in before.union(new) {
                try await BackupSet(directory: "\(Lab.destination)/\(set)").expectReadable()
            }
            let left = try await leftovers()
            let next = try await Command([Lab.command] + (byNextRun ? ["-v", Lab.destination] : ["cleanup"])).wait()
            #expect(next.status == 0, next.report)
            let stayed = try await leftovers()
            #expect(stayed == [], next.report)
            #expect(try sets().isSuperset(of: before.union(new)))
            for set in try sets() {
                try await BackupSet(directory: "\(Lab.destination)/\(set)").expectReadable()
            }
            for set in new { try await restore(set) }
            let row = FaultRow(
                fault: "power cut, then \(byNextRun ? "the next run" : "cleanup")",
                moment: point,
                injection: "",
                statuses: []
            )
            try await FaultReport.shared.add(
                FaultResult(
                    row: row,
                    status: nil,
                    proof: new.isEmpty ? nil : .restored,
                    stall: nil,
                    left: left,
                    stayed: stayed
                )
            )
        }

        private func sets() throws -> Set<String> {
            Set(try FileManager.default.contentsOfDirectory(atPath: Lab.destination).filter { !$0.hasPrefix(".") })
        }

        private func restore(_ name: String) async throws {
            try await RestoredServer.of(BackupSet(directory: "\(Lab.destination)/\(name)")) { restored in
                let count = try await restored.query("SELECT count(*) FROM shop.orders")
                #expect(count == [["20000"]])
            }
        }

        /// Snapshots, partial sets and records of runs.
        private func leftovers() async throws -> [String] {
            let list = try await LabTests.volumes().subtracting(["lab/mysql"]).map { "volume \($0)" }
            let sets = try FileManager.default.contentsOfDirectory(atPath: Lab.destination)
                .filter { $0.hasPrefix(".") }.map { "file \($0)" }
            // Without a run there is no directory.
            let records = ((try? FileManager.default.contentsOfDirectory(atPath: "/srv/state/runs")) ?? []).map {
                "record \($0)"
            }
            return (list + sets + records).sorted()
        }
    }

    static func volumes() async throws -> Set<String> {
        let list = try await check("lvs", "--noheadings", "-o", "lv_full_name")
        return Set(list.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    }
}
