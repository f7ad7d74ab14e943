import Foundation
import Testing

extension LabTests {
    /// Settings that an administrator may have written into lvm.conf.
    @Suite struct LVMSettings {
        /// Settings that change what LVM's commands print, or end them, and what else a backup must not depend on.
        static let harmless: [[String]] = [
            [
                "log/command_names=1", "log/prefix=\"XX \"", "log/indent=1", "log/silent=1", "log/verbose=2",
                "report/prefixes=1", "report/compact_output=1", "report/buffered=0", "report/columns_as_rows=1",
                "report/headings=0", "report/quoted=0", "report/list_item_separator=\";\"", "report/aligned=0",
                "report/binary_values_as_numeric=1", "report/lvs_sort=\"bogus\"", "report/vgs_sort=\"bogus\"",
                "report/mark_hidden_devices=1", "report/time_format=\"%c\"", "global/units=\"h\"", "global/suffix=1",
            ],
            [
                "log/report_command_log=1", "report/output_format=\"json\"", "devices/dir=\"/dev/elsewhere\"",
                "activation/volume_list=[\"other\"]", "activation/read_only_volume_list=[\"lab\"]",
                "metadata/record_lvs_history=1", "global/wait_for_locks=0",
            ],
            // Alone: with the others no prepared shell is used.
            ["activation/volume_list=[\"lab/mysql\"]", "activation/read_only_volume_list=[\"lab\"]"],
        ]

        @Test(.complete, arguments: harmless, [false, true])
        func `a setting that changes what LVM prints or activates changes no backup`(
            settings: [String],
            isThin: Bool
        ) async throws {
            var layout = Layout()
            layout.isThin = isThin
            let host = try await DatabaseHost.with(layout)
            let before = try await Traces.now()
            let backup = try await Self.backUp(settings)
            #expect(backup.status == 0, backup.report)
            #expect(backup.events("warning").isEmpty, backup.report)
            #expect(try backup.set().manifest["snapshot"]["uuid"].string?.count == 38)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a run that is killed is cleaned up where LVM logs its commands`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let settings = ["log/report_command_log=1", "log/command_names=1"]
            let backup = try await Self.backUp(settings, environment: ["LVMBACKUP_FAULT": "step/mount:middle:kill"])
            #expect(backup.status != 0, backup.report)
            for _ in 0..<100 {
                guard try await Traces.now().volumes != before.volumes else { break }
                try await Task.sleep(for: .milliseconds(300))
            }
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `the removal that a kept snapshot is listed with works where LVM logs its commands`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let kept = try await Self.backUp([], ["--snapshot-only"])
            let listed = try await run(Lab.command, "cleanup", "--dry-run")
            let line = listed.output.split(separator: "\n").first { $0.contains("remove it with: ") }
            let command = try #require(line?.components(separatedBy: "remove it with: ").last, listed.report)
            let removal = try await with(["log/report_command_log=1"]) { try await run("bash", "-c", command) }
            #expect(kept.status == 0, kept.report)
            #expect(removal.status == 0, removal.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(
            .complete,
            arguments: [
                "global/test=1", "global/locking_type=0", "global/locking_type=4", "global/activation=0",
                "backup/archive_dir=\"/proc/none\"", "devices/filter=[\"r|/dev/ubdb|\", \"r|/dev/loop|\"]",
            ]
        )
        func `a setting that no snapshot can be made with is told before the lock`(setting: String) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let backup = try await Self.backUp([setting])
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            let isFilter = setting.hasPrefix("devices/")
            #expect(backup.said.contains(isFilter ? "which LVM does not list" : "allows no snapshot"), backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a directory of the metadata's copies with thousands of files changes nothing`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let fill = "mkdir -p /run/lab/archive; cd /run/lab/archive; seq -f lab_%05g-1.vg 8200 | xargs touch"
            try await check("bash", "-c", fill)
            let backup = try await Self.backUp(["backup/archive_dir=\"/run/lab/archive\""])
            #expect(backup.status == 0, backup.report)
            try await check("rm", "-rf", "/run/lab/archive")
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        static func backUp(
            _ settings: [String],
            _ options: [String] = [],
            environment: [String: String] = [:]
        ) async throws -> Backup {
            try await with(settings) {
                let command = try Backup.start(options + [Lab.destination], environment: environment)
                return try Backup(await command.wait(limit: .seconds(200)))
            }
        }
    }
}

/// Does something while lvm.conf has other settings.
private func with<Result>(_ settings: [String], _ act: () async throws -> Result) async throws -> Result {
    let (file, saved) = ("/etc/lvm/lvmlocal.conf", "/run/lab/lvmlocal.conf")
    try await check("cp", file, saved)
    let text = try String(contentsOfFile: file, encoding: .utf8) + settings.joined(separator: "\n") + "\n"
    do {
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        let result = try await act()
        try await check("cp", saved, file)
        return result
    } catch {
        // The error is the one to tell.
        _ = try? await run("cp", saved, file)
        throw error
    }
}
