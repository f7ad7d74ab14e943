import Foundation
import Testing

extension LabTests {
    /// Data directories where a simple path calculation finds the wrong tree.
    @Suite struct Layouts {
        static let unusual: [Layout] = {
            var below = Layout()
            below.subdirectory = "data"
            var bound = Layout(filesystem: "ext4")
            bound.isBound = true
            var mirrored = Layout()
            mirrored.isMirrored = true
            return [below, bound, mirrored]
        }()

        @Test(.complete, arguments: unusual)
        func `the right tree is archived`(layout: Layout) async throws {
            let host = try await DatabaseHost.with(layout)
            let (backup, load) = try await underLoad { try await Backup.run(Lab.destination) }
            let set = try backup.set()
            try await RestoredServer.of(set) { restored in
                try await expectExactlyTheFreeze(restored, backup.freeze(), load, tables: ["innodb", "myisam"])
                try await expectReplay(restored, of: set, reaches: host)
            }
        }

        @Test(.complete)
        func `a redo log on another volume is refused, and both are named`() async throws {
            var layout = Layout()
            layout.hasRedoElsewhere = true
            let host = try await DatabaseHost.with(layout)
            let backup = try await Backup.run(Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil)
            #expect(backup.said.contains("/srv/redo") && backup.said.contains("lab/mysql"), backup.report)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `recovery changes the copy of files outside the data directory, never the live ones`() async throws {
            var layout = Layout()
            layout.subdirectory = "data"
            let host = try await DatabaseHost.fresh(layout)
            let outside = "/var/lib/mysql/outside"
            try await check("install", "-d", "-o", "mysql", outside, "\(outside)/linked")
            try await check("ln", "-s", "\(outside)/linked", "/var/lib/mysql/data/linked")
            for table in ["shop.remote", "linked.orders"] {
                let place = table == "shop.remote" ? "DATA DIRECTORY = '\(outside)'" : ""
                try await host.query("CREATE TABLE \(table) (id int PRIMARY KEY, note text) ENGINE=InnoDB \(place)")
                // Committed and not yet written to the table's own file: work for the recovery.
                try await host.query(
                    "USE shop; INSERT INTO \(table) SELECT seq, repeat(md5(seq), 4) FROM seq_1_to_2000"
                )
            }
            try await Task.sleep(for: .seconds(2))

            let live = try await fingerprints(of: outside)
            let origin = try await check("stat", "-c", "%d", "/var/lib/mysql")
            let server = try host.serverPID
            let watch = DescriptorWatch.start(
                device: try #require(UInt(origin.trimmingCharacters(in: .whitespacesAndNewlines))),
                except: server
            )
            let backup = try await Backup.run(Lab.destination)
            let seen = await watch.stop()
            #expect(backup.status == 0, backup.report)
            #expect(backup.event("recovered")?["clean"].bool == true, backup.report)
            #expect(seen.servers > 0, "no recovery server was seen")
            #expect(seen.onOrigin == [])
            #expect(try await fingerprints(of: outside) == live)
            await DatabaseHost.forget()
        }

        private func fingerprints(of directory: String) async throws -> String {
            try await check(
                "find",
                directory,
                "-type",
                "f",
                "-printf",
                "%p %s %T@ ",
                "-exec",
                "md5sum",
                "{}",
                ";"
            )
        }

        @Test(.complete, arguments: [[], ["--logical-volume", "lab/mysql"]])
        func `a server that is not the one on the volume is refused`(options: [String]) async throws {
            let host = try await DatabaseHost.with()
            let second = try await SecondServer.start()
            let file = "/run/lab/second.cnf"
            try "[client]\nhost=127.0.0.1\nport=3307\nuser=probe\npassword=right\n"
                .write(toFile: file, atomically: true, encoding: .utf8)
            let backup = try await Backup.run(["--defaults-file", file] + options + [Lab.destination])
            try await second.stop()
            #expect(backup.status == 78, backup.report)
            #expect(backup.event("locked") == nil)
            #expect(backup.said.contains("/var/lib/mysql"), backup.report)
            try await expectAlive(host)
        }
    }
}
