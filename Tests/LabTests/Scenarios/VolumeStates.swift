import Foundation
import Testing

extension LabTests {
    /// States of volume, group and file system in which no snapshot can be made or mounted.
    @Suite struct VolumeStates {
        @Test(.complete) func `a merge that waits for the volume's next activation defers the run`() async throws {
            let host = try await DatabaseHost.fresh()
            try await check("lvcreate", "-y", "-s", "-n", "old", "-L", "100M", "lab/mysql")
            try await check("lvconvert", "--merge", "lab/old")
            try await expectRefusal(75, saying: "a snapshot is being merged into it")
            try await expectAlive(host)
            try await check(
                "bash",
                "-c",
                "\(Lab.tools)/database-host stop; umount /var/lib/mysql; lvchange -an lab/mysql"
            )
            // It is merged with the activation.
            try await check("lvchange", "-ay", "lab/mysql")
            for _ in 0..<100 {
                guard try await run("lvs", "-a", "lab/old").status == 0 else { break }
                try await Task.sleep(for: .milliseconds(300))
            }
            await DatabaseHost.forget()
        }

        @Test(.complete) func `a pvmove of the volume defers the run`() async throws {
            var layout = Layout(filesystem: "ext4")
            layout.size = "200M"
            let host = try await DatabaseHost.fresh(layout)
            try await check("bash", "-c", "modprobe dm-mirror; truncate -s 400M /run/lab/disk")
            let loop = try await check("losetup", "-f", "--show", "/run/lab/disk").trimmingCharacters(in: .newlines)
            try await check("bash", "-c", "pvcreate -y \(loop) && vgextend lab \(loop)")
            // It stays until it is looked at, long after all is copied.
            let disk = "$(pvs --noheadings -o pv_name | grep -v loop)"
            try await check(
                "bash",
                "-c",
                "pvmove -b -i 1000 -n mysql \(disk) \(loop) </dev/null >/dev/null 2>&1 || true"
            )
            try await expectRefusal(75, saying: "pvmove is at work in its group")
            try await expectAlive(host)
            try await check("bash", "-c", "pvmove --abort; vgreduce lab \(loop); pvremove \(loop); losetup -d \(loop)")
            await DatabaseHost.forget()
        }

        @Test(.complete, arguments: ["integrity", "missing"])
        func `a mirror with integrity, and a group that lacks a disk, are refused before the lock`(
            state: String
        ) async throws {
            var layout = Layout()
            layout.isMirrored = true
            let host = try await DatabaseHost.fresh(layout)
            if state == "integrity" {
                try await check("bash", "-c", "modprobe dm-integrity; lvconvert -y --raidintegrity y lab/mysql")
                try await expectRefusal(78, saying: "integrity")
                try await expectAlive(host)
                try await check("lvconvert", "-y", "--raidintegrity", "n", "lab/mysql")
            } else {
                let filter = "devices/filter=[\"r|/dev/mapper/twin|\"]"
                let backup = try await LVMSettings.backUp([filter])
                #expect(backup.status == 78, backup.report)
                #expect(backup.event("locked") == nil)
                #expect(backup.said.contains("1 physical volumes of the group are missing"), backup.report)
                try await expectAlive(host)
            }
            await DatabaseHost.forget()
        }

        /// Commands that put the data directory onto another stack of devices, and what is said of it.
        static let stacks = [
            (
                "modprobe xfs; lvcreate -y -n log -L 100M lab; mkfs.xfs -q -f -l logdev=/dev/lab/log,size=80m /dev/lab/mysql; "
                    + "mount -o logdev=/dev/lab/log /dev/lab/mysql /var/lib/mysql",
                "the file system on \"lab/mysql\" has its log on another device"
            ),
            (
                "lvcreate -y -n log -L 64M lab; mke2fs -q -F -b 4096 -O journal_dev /dev/lab/log; "
                    + "mkfs.ext4 -q -F -b 4096 -J device=/dev/lab/log /dev/lab/mysql; mount /dev/lab/mysql /var/lib/mysql",
                "the file system on \"lab/mysql\" has its journal on another device"
            ),
            (
                "dmsetup create secret --uuid CRYPT-LUKS2-0-secret --table \"0 1000000 linear /dev/lab/mysql 0\"; "
                    + "dmsetup mknodes; mkfs.ext4 -q /dev/mapper/secret; mount /dev/mapper/secret /var/lib/mysql",
                "is not on the logical volume \"lab-mysql\" itself: between them is \"secret\" (dm-crypt)"
            ),
            (
                "dmsetup create mysql1 --uuid part1-LVM-0 --table \"0 1000000 linear /dev/lab/mysql 2048\"; "
                    + "dmsetup mknodes; mkfs.ext4 -q /dev/mapper/mysql1; mount /dev/mapper/mysql1 /var/lib/mysql",
                "between them is \"mysql1\" (a partition)"
            ),
            (
                "losetup /dev/loop6 /dev/lab/mysql; mkfs.ext4 -q /dev/loop6; mount /dev/loop6 /var/lib/mysql",
                "between them is \"loop6\" (a loop device on \"/dev/mapper/lab-mysql\")"
            ),
        ]

        @Test(.complete, arguments: stacks)
        func `a file system that is not on the volume alone is refused with what lies elsewhere or between`(
            commands: String,
            said: String
        ) async throws {
            let host = try await DatabaseHost.fresh()
            let move = """
                set -e
                \(Lab.tools)/database-host stop
                umount /var/lib/mysql
                \(commands)
                cp -a /var/tmp/lab-template/data/. /var/lib/mysql/
                chown mysql: /var/lib/mysql
                \(Lab.tools)/database-host start
                """
            try await check("bash", "-c", move)
            try await expectRefusal(78, saying: said)
            try await host.query("SELECT 1")
            let undo = """
                \(Lab.tools)/database-host stop; umount /var/lib/mysql
                for name in secret mysql1; do dmsetup remove $name; done
                losetup -d /dev/loop6; true
                """
            try await check("bash", "-c", undo)
            await DatabaseHost.forget()
        }

        /// The run ends before the lock, with this status, and leaves nothing.
        private func expectRefusal(
            _ status: Int32,
            saying text: String,
            at location: SourceLocation = #_sourceLocation
        ) async throws {
            let backup = try await Backup.run(Lab.destination)
            #expect(backup.status == status, backup.report, sourceLocation: location)
            #expect(backup.event("locked") == nil, backup.report, sourceLocation: location)
            let message = backup.event("finished")?["outcome"]["failure"]["message"].string ?? ""
            #expect(message.contains(text), backup.report, sourceLocation: location)
        }
    }
}
