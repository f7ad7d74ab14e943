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
