import Foundation
import Testing

extension LabTests {
    /// Names that a careless program takes apart, or that don't fit.
    @Suite struct Names {
        @Test(.complete)
        func `paths with spaces, quotes, line breaks and odd bytes are backed up and restored`() async throws {
            var layout = Layout()
            layout.subdirectory = #"da'ta "x" $(id)"#
            let host = try await DatabaseHost.with(layout)
            // A file of somebody else's in it; the name is no UTF-8.
            let make = #"printf odd > "$0/"$'line\nbreak \xff\'"'; chown mysql: "$0"/line*"#
            try await check("bash", "-c", make, host.layout.datadir)
            let destination = "\(Lab.destination)/to 'the'\n\"place\" ü"
            try await check("mkdir", "-p", destination)
            let before = try await Traces.now()
            let backup = try Backup(await Backup.start([destination]).wait())
            let set = try backup.set()
            #expect(set.directory.hasPrefix(destination))
            try await RestoredServer.of(set) { restored in
                let count = try await restored.query("SELECT count(*) FROM shop.orders")
                #expect(count == [["20000"]])
                let found = #"cat "$0/"$'line\nbreak \xff\'"'"#
                #expect(try await check("bash", "-c", found, restored.datadir) == "odd")
            }
            let lines = try await check("wc", "-l", "\(set.directory)/index.jsonl").split(separator: " ")[0]
            let members = try #require(set.manifest["archive"]["members"].number)
            #expect(Int(lines).map { Double($0) >= members } == true, "a line break in a name broke a line")
            try await check("rm", "-rf", destination)
            try await expectNoTraces(since: before)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `a destination whose name is no UTF-8 is backed up to, or refused by name`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let script = #"d="$1/"$'odd \xe9'; mkdir -p "$d"; exec "$0" --json "$d""#
            let result = try await run("bash", "-c", script, Lab.command, "/srv")
            #expect(result.status == 0 || result.status == 64 || result.status == 78, result.report)
            try await check("bash", "-c", #"rm -rf /srv/odd*"#)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        /// Group, volume, and whether it is thin.
        static let odd: [(String, String, Bool)] = [
            ("9-v.g+_x", "a-b.c+1_z", false), ("9-v.g+_x", "a-b.c+1_z", true), ("+a--b", "1e3", false),
            ("1.5", "_9-.d", true),
        ]

        @Test(.complete, arguments: odd)
        func `every letter that LVM allows is allowed in both names`(
            group: String,
            volume: String,
            isThin: Bool
        ) async throws {
            var layout = Layout()
            (layout.group, layout.volume, layout.isThin) = (group, volume, isThin)
            let host = try await DatabaseHost.with(layout)
            let set = try await Backup.run(Lab.destination).set()
            #expect(set.manifest["volume"]["name"].string == "\(group)/\(volume)", "\(set.manifest)")
            try await expectRestorable(set)
            // Found by its name, too.
            let named = try await Backup.run("--logical-volume", "\(group)/\(volume)", "--dry-run", Lab.destination)
            #expect(named.status == 0, named.report)
            try await expectAlive(host)
        }

        private func expectRestorable(_ set: BackupSet) async throws {
            try await RestoredServer.of(set) { restored in
                let count = try await restored.query("SELECT count(*) FROM shop.orders")
                #expect(count == [["20000"]])
            }
        }

        /// Backslashes are doubled for printf.
        static let mountPoints: [Layout] = [
            #"/srv/with 'q' "dq" \\ $(id);&*#"#, #"/srv/line\nbreak\ttab"#,
        ].map { path in
            var layout = Layout()
            layout.mountPoint = path
            return layout
        }

        static let mounts: [Layout] = {
            var bound = Layout(filesystem: "ext4")
            bound.isBound = true
            bound.elsewhere = #"/srv/odd\xff \xe9\n'x\\"#
            var below = Layout()
            below.mountPoint = "/srv/outer volume/mysql"
            below.isBelowAnother = true
            var broken = Layout()
            broken.subdirectory = "line\nbreak \\ tab\tx"
            return mountPoints + [bound, below, broken]
        }()

        @Test(.complete, arguments: mounts)
        func `a mount point may have any name, and be anywhere`(layout: Layout) async throws {
            let host = try await DatabaseHost.with(layout)
            let set = try await Backup.run(Lab.destination).set()
            try await expectRestorable(set)
            try await expectAlive(host)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `a data directory that the server cannot name is refused before the lock`() async throws {
            var layout = Layout()
            layout.mountPoint = #"/srv/odd\xff\xe9"#
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run(Lab.destination)
            #expect(backup.event("locked") == nil, backup.report)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("/srv/odd"), backup.report)
            try await expectAlive(host)
            await DatabaseHost.forget()
        }

        @Test(.complete, arguments: ["my-sql.1+x_y", "a--b", "9.db"])
        func `every letter that LVM allows is allowed in a volume's name`(name: String) async throws {
            let host = try await DatabaseHost.with()
            try await check("lvrename", "lab/mysql", "lab/\(name)")
            let before = try await Traces.now()
            let backup = try Backup(await Backup.start([Lab.destination]).wait())
            try await check("lvrename", "lab/\(name)", "lab/mysql")
            let set = try backup.set()
            #expect(set.manifest["volume"]["name"].string == "lab/\(name)", "\(set.manifest)")
            let now = try await Traces.now()
            #expect(now.volumes.count == before.volumes.count, "\(now.volumes)")
            #expect(now.suspendedDevices == [])
            try await expectAlive(host)
        }

        @Test(
            .complete,
            arguments: [
                "snapshot", "snapshot-1", "pvmove0", "a_mlog", "x_tmeta", "my_tdata.1", "_cdata", "lvol0_pmspare",
                "_rimage_", "-x", "..", "a/b", "a b", "ü",
            ]
        )
        func `a snapshot name that LVM would refuse is refused before the lock`(name: String) async throws {
            let host = try await DatabaseHost.with()
            let backup = try await Backup.run("--snapshot-name=\(name)", Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            #expect(backup.said.contains("snapshot name \"\(name)\": "), backup.report)
            // LVM itself has the last word.
            let own = try await run("lvcreate", "-y", "-s", "-l", "2", "-n", name, "lab/mysql")
            #expect(own.status != 0, own.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `names as long as device-mapper allows are backed up, and longer ones refused before the lock`()
            async throws
        {
            let host = try await DatabaseHost.with()
            let group = String(repeating: "g", count: 60)
            // The added parts are "_snapshot--1234" and "-cow".
            let longest = 127 - 60 - 1 - 15 - 4
            try await check("vgrename", "lab", group)
            var last = "mysql"
            for (length, options, status) in [(longest, [], Int32(0)), (longest + 1, [], 78), (63, ["s"], 78)] {
                let name = String(repeating: "n", count: length)
                try await check("lvrename", group, last, name)
                last = name
                let backup = try await Backup.run(options.flatMap { ["--snapshot-name", $0] } + [Lab.destination])
                #expect(backup.status == status, backup.report)
                #expect((backup.event("locked") != nil) == (status == 0), backup.report)
                if status == 0 {
                    try await expectRestorable(try backup.set())
                } else {
                    #expect(backup.said.contains("that device-mapper allows"), backup.report)
                }
            }
            try await check("lvrename", group, last, "mysql")
            let longer = String(repeating: "g", count: 116)
            try await check("vgrename", group, longer)
            let backup = try await Backup.run("--snapshot-name", "s", Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("that LVM allows"), backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            try await check("vgrename", longer, "lab")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a name that leaves the snapshot's no room is refused before the lock`() async throws {
            let host = try await DatabaseHost.with()
            let name = String(repeating: "n", count: 110)
            try await check("lvrename", "lab/mysql", "lab/\(name)")
            let before = try await Traces.now()
            let backup = try Backup(await Backup.start([Lab.destination]).wait())
            try await expectNoTraces(since: before)
            try await check("lvrename", "lab/\(name)", "lab/mysql")
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("that device-mapper allows"), backup.report)
            #expect(backup.said.contains("--snapshot-name"), backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            try await expectAlive(host)
        }
    }
}
