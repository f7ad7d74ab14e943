import Foundation
import Testing

extension LabTests {
    /// Links and files that somebody plants where a run is going to write, look or remove.
    @Suite struct PlantedLinks {
        private static let trap = "/srv/trap"

        @Test(.complete)
        func `a link in the place of the partial set is neither followed nor removed`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            try await check("mkdir", "-p", Self.trap)
            let hooks = "/run/lab/planting-hooks"
            try await check("install", "-d", "-m", "755", hooks)
            // No other process knows the run's id before.
            let hook = """
                backup.before('archive', function(run)
                  run:exec { 'ln', '-s', '\(Self.trap)', '\(Lab.destination)/.' .. run.id .. '.partial' }
                end)
                """
            try hook.write(toFile: "\(hooks)/10-plant.lua", atomically: false, encoding: .utf8)
            try await check("chmod", "644", "\(hooks)/10-plant.lua")
            let backup = try Backup(await Backup.start(["--hooks", hooks, Lab.destination]).wait())
            #expect(backup.status == 1, backup.report)
            #expect(backup.said.contains("it was there before"), backup.report)
            #expect(try FileManager.default.contentsOfDirectory(atPath: Self.trap) == [])
            let planted = try FileManager.default.contentsOfDirectory(atPath: Lab.destination)
                .filter { $0.hasSuffix(".partial") }
            #expect(planted.count == 1, "\(planted)")
            for link in planted { try await check("rm", "\(Lab.destination)/\(link)") }
            try await check("rmdir", Self.trap)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `retention follows no link, and removes nothing behind one`() async throws {
            let host = try await DatabaseHost.with()
            let destination = "/srv/linked"
            try await check("mkdir", "-p", Self.trap, destination)
            let old = try Backup(await Backup.start([destination]).wait()).set().directory
            // A whole set elsewhere that seems to be here, and seems to be half removed; a file of a set that is not.
            try await check("cp", "-a", old, "\(Self.trap)/old")
            for link in ["\(destination)/set", "\(destination)/.x.removing"] {
                try await check("ln", "-s", "\(Self.trap)/old", link)
            }
            try await check("mv", "\(old)/index.jsonl", "\(Self.trap)/precious")
            try await check("ln", "-s", "\(Self.trap)/precious", "\(old)/index.jsonl")
            let list = ["bash", "-c", "cd \(Self.trap) && find . -type f -exec md5sum {} + | sort"]
            let precious = try await check(list)
            #expect(precious.split(separator: "\n").count == 5, "\(precious)")

            for _ in 1...2 {
                let backup = try Backup(await Backup.start(["--keep-last", "1", destination]).wait())
                #expect(backup.status == 0, backup.report)
                #expect(try await check(list) == precious, backup.report)
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: destination)
            #expect(left.contains("set") && left.contains(".x.removing"), "\(left)")
            try await check("rm", "-r", Self.trap, destination)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a mount directory behind a link is where the link leads, and refused on the origin`() async throws {
            let host = try await DatabaseHost.with()
            try await check("mkdir", "-p", Self.trap, "/var/lib/mysql/inside")
            try await check("ln", "-s", Self.trap, "/srv/mounts")
            let backup = try await Backup.run("--mount-directory", "/srv/mounts", Lab.destination)
            #expect(backup.status == 0, backup.report)
            let path = try #require(backup.event("mounted")?["path"].string, backup.report)
            #expect(path.hasPrefix("\(Self.trap)/lvmbackup-"), backup.report)
            #expect(try FileManager.default.contentsOfDirectory(atPath: Self.trap) == [])
            try await check("ln", "-sfn", "/var/lib/mysql/inside", "/srv/mounts")
            let refused = try await Backup.run("--mount-directory", "/srv/mounts", Lab.destination)
            #expect(refused.status == 78, refused.report)
            #expect(refused.event("locked") == nil, refused.report)
            try await check("rm", "/srv/mounts")
            try await check("rmdir", Self.trap, "/var/lib/mysql/inside")
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a link in the place of the run directory is refused`() async throws {
            let host = try await DatabaseHost.with()
            try await check("mkdir", "-p", Self.trap, "/run/lvmbackup")
            try await check("mv", "/run/lvmbackup", "/run/lab/own-runs")
            try await check("ln", "-s", Self.trap, "/run/lvmbackup")
            let backup = try Backup(await Backup.start([Lab.destination]).wait())
            try await check("rm", "/run/lvmbackup")
            try await check("mv", "/run/lab/own-runs", "/run/lvmbackup")
            #expect([1, 78].contains(backup.status), backup.report)
            #expect(backup.said.contains("/run/lvmbackup"), backup.report)
            #expect(backup.event("locked") == nil, backup.report)
            #expect(try FileManager.default.contentsOfDirectory(atPath: Self.trap) == [])
            try await check("rmdir", Self.trap)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `a configuration file that others could have changed is refused`() async throws {
            let host = try await DatabaseHost.with()
            let file = "/run/lab/open.toml"
            try "keep-last = 3\n".write(toFile: file, atomically: false, encoding: .utf8)
            try await check("chmod", "666", file)
            let backup = try await Backup.run("-c", file, Lab.destination)
            #expect(backup.status == 78, backup.report)
            #expect(backup.said.contains("chmod go-w \(file)"), backup.report)
            try await check("chmod", "644", file)
            try await check("chown", "mysql", file)
            let foreign = try await Backup.run("-c", file, Lab.destination)
            #expect(foreign.status == 78, foreign.report)
            try await check("rm", file)
            try await expectAlive(host)
        }
    }
}
