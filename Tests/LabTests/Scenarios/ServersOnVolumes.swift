import Foundation
import Testing

extension LabTests {
    /// Where the files of a server's tablespaces and logs lie, and what LVM is set to.
    @Suite struct ServersOnVolumes {
        /// A file system on a volume of its own, at `/srv/other`.
        private func withOtherVolume(_ body: () async throws -> Void) async throws {
            try await check("lvcreate", "-q", "-y", "-Wy", "-L", "320M", "-n", "other", "lab")
            try await check("mkfs.xfs", "-q", "/dev/lab/other")
            try await check("mkdir", "-p", "/srv/other")
            try await check("mount", "/dev/lab/other", "/srv/other")
            try await check("chown", "mysql:", "/srv/other")
            try await body()
            await DatabaseHost.forget()
        }

        static let files = [
            "CREATE TABLESPACE remote_space ADD DATAFILE '/srv/other/remote_space.ibd'",
            "CREATE UNDO TABLESPACE remote_undo ADD DATAFILE '/srv/other/remote_undo.ibu'",
            "CREATE TABLE shop.remote (id int PRIMARY KEY) DATA DIRECTORY = '/srv/other'",
        ]

        @Test(.servers(.mysql), arguments: files)
        func `a tablespace on another volume is refused by its name before the lock`(statement: String) async throws {
            let host = try await DatabaseHost.fresh(Layout(settings: ["innodb_directories=/srv/other"]))
            try await withOtherVolume {
                try await host.query(statement)
                let backup = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination)
                #expect(backup.status == 78, backup.report)
                #expect(backup.event("locked") == nil, backup.report)
                let name = statement.contains("shop") ? "remote.ibd" : "remote_"
                #expect(backup.said.contains("/srv/other") && backup.said.contains(name), backup.report)
                try await expectAlive(host)
                try await check("bash", "-c", "\(Lab.tools)/database-host stop && umount /srv/other")
            }
        }

        @Test(.servers())
        func `a redo log on another volume is refused, and both are named`() async throws {
            var layout = Layout()
            layout.hasRedoElsewhere = true
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run("--socket", DatabaseHost.socket, Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            #expect(backup.said.contains("/srv/redo") && backup.said.contains("lab/mysql"), backup.report)
            try await expectAlive(host)
        }

        @Test(.servers())
        func `a devices file, and reports in another format, do not matter`() async throws {
            let host = try await DatabaseHost.fresh()
            // LVM 2.03.16 has no format json_std.
            let format = try await run("lvs", "--reportformat", "json_std").status == 0 ? "json_std" : "json"
            let settings = """
                devices { use_devicesfile = 1 }
                report { output_format = "\(format)" }
                """
            try await check("bash", "-c", "cp /etc/lvm/lvmlocal.conf /run/lab/lvmlocal.conf")
            try await check("bash", "-c", "cat >>/etc/lvm/lvmlocal.conf", input: settings)
            try await check(
                "bash",
                "-c",
                "for disk in $LVMBACKUP_LAB_DISKS; do lvm lvmdevices --adddev $disk || true; done"
            )
            #expect(try await check("lvm", "lvmdevices").contains("DEVNAME"))
            let plan = ServerProduct.here == .mysql ? "read-lock" : "stage"
            try await host.setMyISAM(true)
            let result: Result<Backup, any Error>
            do {
                result = .success(try await ServerProof(host: host, plan: plan).take("devices file, \(format)"))
            } catch {
                result = .failure(error)
            }
            try await check("cp", "/run/lab/lvmlocal.conf", "/etc/lvm/lvmlocal.conf")
            try await check("rm", "-f", "/etc/lvm/devices/system.devices")
            _ = try result.get()
        }
    }
}
