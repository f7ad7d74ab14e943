import Foundation
import Testing

extension LabTests {
    /// Links, files that are none, and logs that are elsewhere.
    @Suite(.serialized) struct LinksAndLogs {
        private static let data = "/var/lib/mysql/data"
        private static let outside = "/var/lib/mysql/outside"
        /// A directory of another file system.
        private static let far = "/srv/far"

        private func host() async throws -> DatabaseHost {
            var layout = Layout()
            layout.subdirectory = "data"
            let host = try await DatabaseHost.fresh(layout)
            try await check("rm", "-rf", Self.far)
            try await check("install", "-d", "-o", "mysql", Self.outside, Self.far, "\(Self.far)/empty")
            return host
        }

        @Test(.complete)
        func `sockets, FIFOs, devices and links to no data are neither opened nor in the way`() async throws {
            let host = try await host()
            let make = """
                import os, socket, stat
                for place in ['\(Self.data)', '\(Self.data)/shop', '\(Lab.destination)']:
                    s = socket.socket(socket.AF_UNIX); s.bind(place + '/a.sock')
                    os.mkfifo(place + '/fifo'); os.mkfifo(place + '/binlog.000900')
                    os.mknod(place + '/device', stat.S_IFCHR | 0o666, os.makedev(5, 0))
                os.makedirs('\(Lab.destination)/odd'); os.mkfifo('\(Lab.destination)/odd/manifest.json')
                os.symlink('/run/mysqld/mysqld.sock', '\(Self.data)/mysql.sock')
                os.symlink('/var/log', '\(Self.data)/logs')
                os.symlink('/no/such/place', '\(Self.data)/nothing')
                """
            try await check("python3", "-c", make)
            let backup = try await Backup.run("--keep-last", "5", Lab.destination)
            let set = try backup.set()
            #expect(backup.said.contains("/data/logs") && backup.said.contains("archived as a link"), backup.report)
            let list = try await check("tar", "-tvf", set.archive)
            #expect(list.contains("./logs -> /var/log") && list.contains("./mysql.sock -> /run"), "\(list)")
            #expect(!list.contains("a.sock"))
            let special = "-maxdepth 2 ! -type d ! -type f ! -type l"
            try await check("bash", "-c", "find \(Self.data) \(Lab.destination) \(special) -delete")
            try await check("rm", "-rf", "\(Lab.destination)/odd")
            try await RestoredServer.of(set) { try await expectClosedTables($0) }
            try await expectAlive(host)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `linked data on the volume is in the set, by all kinds of links, with owners and modes`() async throws {
            let host = try await host()
            for name in ["real", "tables"] {
                try await check("install", "-d", "-o", "mysql", "-m", "750", "\(Self.outside)/\(name)")
            }
            try await check("ln", "-s", "real", "\(Self.outside)/second")
            try await check("ln", "-s", "../outside/second", "\(Self.data)/linked")
            let remote = "DATA DIRECTORY = '\(Self.outside)/tables'"
            for (table, place) in [("linked.orders", ""), ("shop.remote", remote)] {
                try await host.query("CREATE TABLE \(table) (id int PRIMARY KEY) ENGINE=InnoDB \(place)")
                try await host.query("USE shop; INSERT INTO \(table) SELECT seq FROM seq_1_to_500")
            }
            let backup = try await Backup.run(Lab.destination)
            let set = try backup.set()
            let list = try await check("tar", "-tvf", set.archive)
            for member in ["second -> real", "real/orders.ibd", "tables/shop/remote.ibd"] {
                #expect(list.contains(".lvmbackup/outside\(Self.outside)/\(member)"), "\(member) in \(list)")
            }
            // The live data makes room for the restored: the links lead to the same places.
            try await check("\(Lab.tools)/database-host", "stop")
            try await check("bash", "-c", "rm -rf \(Self.outside) \(Self.data) && install -d -o mysql \(Self.data)")
            let before = try await check("stat", "-c", "%n %a %U %Y", "/", "/var", "/var/lib")
            try await check("tar", "-xpf", set.archive, "-C", Self.data, "--exclude=./.lvmbackup")
            let keeping = ["--no-overwrite-dir", "--keep-directory-symlink", "--strip-components=3"]
            try await check(["tar", "-xpf", set.archive, "-C", "/"] + keeping + ["./.lvmbackup/outside"])
            #expect(try await check("stat", "-c", "%n %a %U %Y", "/", "/var", "/var/lib") == before)
            try await check("\(Lab.tools)/database-host", "start")
            for table in ["linked.orders", "shop.remote"] {
                #expect(try await host.query("SELECT count(*) FROM \(table)") == [["500"]])
                try await host.query("DROP TABLE \(table)")
                try await host.query("CREATE TABLE \(table) (id int) DATA DIRECTORY = '\(Self.outside)/tables'")
            }
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `linked data on another volume is refused by name, unless it is excluded`() async throws {
            let host = try await host()
            try await check("install", "-d", "-o", "mysql", "\(Self.far)/shop2")
            try await check("ln", "-s", "\(Self.far)/shop2", "\(Self.data)/shop2")
            try await host.query("CREATE TABLE shop2.t (id int) ENGINE=MyISAM; INSERT INTO shop2.t VALUES (1)")
            let refused = try await Backup.run(Lab.destination)
            #expect(refused.status == 78, refused.report)
            #expect(refused.event("locked") == nil)
            #expect(refused.said.contains("\(Self.far)/shop2") && refused.said.contains("\(Self.data)/shop2"))
            // The live server closes the table during the run, too, and would write to it then.
            try await host.query("FLUSH TABLES")
            let before = try await check("bash", "-c", "md5sum \(Self.far)/shop2/*")
            let backup = try await Backup.run("--exclude", "/shop2", Lab.destination)
            #expect(backup.status == 0, backup.report)
            #expect(try await check("bash", "-c", "md5sum \(Self.far)/shop2/*") == before)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `a link that comes between the first look and the snapshot is not lost`() async throws {
            let host = try await host()
            try await check("install", "-d", "-o", "mysql", "\(Self.outside)/late")
            let hooks = "/run/lab/late-hooks"
            try await check("install", "-d", "-m", "755", hooks)
            let hook = """
                backup.before('lock', function(run)
                  run:exec { 'ln', '-s', '\(Self.outside)/late', '\(Self.data)/late' }
                  run:exec { 'mariadb', '--no-defaults', '-e', 'CREATE TABLE late.t (id int) ENGINE=InnoDB' }
                end)
                """
            try hook.write(toFile: "\(hooks)/10-late.lua", atomically: false, encoding: .utf8)
            try await check("chmod", "644", "\(hooks)/10-late.lua")
            let backup = try await Backup.run("--hooks", hooks, Lab.destination)
            let list = try await check("tar", "-tf", try backup.set().archive)
            #expect(list.contains(".lvmbackup/outside\(Self.outside)/late/t.ibd"), backup.report)
            // The same to another volume.
            try await host.query("DROP DATABASE late")
            try await check("rm", "-rf", "\(Self.data)/late")
            try hook.replacing("\(Self.outside)/late", with: "\(Self.far)/empty")
                .write(toFile: "\(hooks)/10-late.lua", atomically: false, encoding: .utf8)
            let refused = try await Backup.run("--hooks", hooks, Lab.destination)
            #expect(refused.status == 1, refused.report)
            #expect(refused.said.contains("\(Self.far)/empty"), refused.report)
            await DatabaseHost.forget()
        }

        @Test(.sample, arguments: ["stage", "read-lock"])
        func `with the binary log on another volume the copy is exact, and replays to the live state`(
            plan: String
        ) async throws {
            var layout = Layout()
            layout.settings = ["log-bin=\(Self.far)/binlog", "relay-log=\(Self.far)/relay"]
            try await check("install", "-d", "-o", "mysql", Self.far)
            let host = try await DatabaseHost.fresh(layout)
            for _ in 1...(Lab.isComplete ? 3 : 1) {
                let (backup, load) = try await underLoad { try await Backup.run("--lock", plan, Lab.destination) }
                let set = try backup.set()
                #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
                try await RestoredServer.of(set) { restored in
                    try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb", "myisam"])
                    try await check("bash", "-c", "cp -a \(Self.far)/binlog.0* \(layout.datadir)")
                    try await expectReplay(restored, of: set, reaches: host)
                    try await check("bash", "-c", "rm \(layout.datadir)/binlog.0*")
                }
            }
            try await host.query("DROP TABLE `load`.myisam")
            let refused = try await Backup.run("--lock", "none", "--allow-inconsistent", Lab.destination)
            #expect(refused.status == 78, refused.report)
            #expect(refused.said.contains("the binary log is not on the snapshotted volume"), refused.report)
            await DatabaseHost.forget()
        }

        @Test(.complete)
        func `temporary tablespaces are left out wherever they are`() async throws {
            try await check("install", "-d", "-o", "mysql", Self.far)
            for place in ["\(Self.far)/session.data", "session.data"] {
                var layout = Layout()
                layout.settings = ["innodb_temp_data_file_path=\(place):12M:autoextend"]
                if place.hasPrefix("/") { layout.settings.append("innodb_data_home_dir=") }
                _ = try await DatabaseHost.fresh(layout)
                let backup = try await Backup.run(Lab.destination)
                let list = try await check("tar", "-tf", try backup.set().archive)
                #expect(!list.contains("session.data"), backup.report)
            }
            await DatabaseHost.forget()
        }
    }
}
