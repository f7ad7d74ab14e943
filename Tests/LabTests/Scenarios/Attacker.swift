import Foundation
import Testing

extension LabTests {
    /// Programs with the account of the server run beside a backup, and try to make root act for them.
    @Suite struct Attacker {
        @Test(.complete, arguments: ["stage", "none"])
        func `no backup beside the attacker changes or shows a file of root`(plan: String) async throws {
            let host = try await DatabaseHost.with()
            let canaries = try await Canaries.plant()
            let attack = try Self.start("attack", [Canaries.work + "/log", Canaries.file])
            for _ in 0..<Lab.attackedRuns {
                let backup = try await Backup.run("--lock", plan, "--allow-inconsistent", Lab.destination)
                #expect([0, 1].contains(backup.status), backup.report)
                try await canaries.expectUntouched(by: backup)
            }
            #expect(attack.isRunning, "\(attack.errors)")
            attack.signal(SIGTERM)
            _ = await attack.wait()
            let lines = Set(try String(contentsOfFile: Canaries.work + "/log", encoding: .utf8).split(separator: "\n"))
            // It was there in time, and reached neither the copy, nor the recovery server, nor any file of root's.
            #expect(lines.contains { $0.hasPrefix("met /run/lvmbackup-") }, "\(lines)")
            #expect(lines.filter { !$0.hasPrefix("met ") } == [])
            try await expectAlive(host)
        }

        /// Whether or not the kernel keeps it out, as without user namespaces.
        @Test(.complete) func `a process of the server's user that entered the copy is ended, and keeps no snapshot`()
            async throws
        {
            let host = try await DatabaseHost.with()
            let run = try await StoppedRun.at("step/recover:middle:stop")
            let recovery = try await Self.recoveryServer()
            let script = "cd /var/lib/mysql && exec setsid setpriv --reuid mysql --clear-groups sleep 300"
            let stranger = try Command(["nsenter", "--target", recovery, "--mount", "sh", "-c", script])
            try await until("the stranger is in the copy") {
                try String(contentsOfFile: "/proc/\(stranger.pid)/comm", encoding: .utf8) == "sleep\n"
            }
            let backup = try await run.finish()
            #expect(backup.status == 0, backup.report)
            #expect(await stranger.wait(limit: .seconds(10)).status == 128 + SIGKILL)
            #expect(backup.events("warning").contains { $0["text"].string?.contains("sleep") == true }, backup.report)
            #expect(try await check("lvs", "--noheadings", "-o", "lv_name", "lab").split(separator: "\n").count == 1)
            try await expectAlive(host)
        }

        @Test(.complete) func `the recovery server has the live one's user and groups, and never gets more`()
            async throws
        {
            let host = try await DatabaseHost.with()
            // A directory that is shared with root's group.
            try await check("chgrp", "root", host.layout.datadir)
            let run = try await StoppedRun.at("step/recover:middle:stop")
            let recovery = try await Self.recoveryServer()
            let status = try String(contentsOfFile: "/proc/\(recovery)/status", encoding: .utf8)
            let backup = try await run.finish()
            try await check("chgrp", "mysql", host.layout.datadir)
            #expect(backup.status == 0, backup.report)
            let live = try String(contentsOfFile: "/proc/\(try host.serverPID)/status", encoding: .utf8)
            for key in ["Uid:", "Gid:", "Groups:"] {
                let lines = [status, live].map { $0.split(separator: "\n").first { $0.hasPrefix(key) } }
                #expect(lines[0] == lines[1])
            }
            #expect(status.contains("NoNewPrivs:\t1"))
        }

        /// The kernel gives the entries of a process whose memory is hidden to root.
        @Test(.complete) func `the command's memory is closed to other processes of its user`() async throws {
            let command = try Command(
                ["setpriv", "--reuid", "mysql", "--clear-groups", Lab.product("lvmbackup"), "/srv/attacker"],
                environment: ["LVMBACKUP_FAULT": "step/preflight:entry:stop"]
            )
            try await until("the command stands still") {
                try #require(command.isRunning, "\(command.errors)")
                return try String(contentsOfFile: "/proc/\(command.pid)/status", encoding: .utf8).contains("(stopped)")
            }
            let owner = try await check("stat", "--format=%U", "/proc/\(command.pid)/mem")
            command.signal(SIGKILL)
            _ = await command.wait()
            #expect(owner == "root\n")
        }

        /// Starts a program of the lab with the server's account.
        static func start(_ program: String, _ arguments: [String]) throws -> Command {
            try Command(
                ["setpriv", "--reuid", "mysql", "--regid", "mysql", "--clear-groups", "\(Canaries.work)/\(program)"]
                    + arguments
            )
        }

        private static func recoveryServer() async throws -> String {
            let pids = try await check("pgrep", "-f", "defaults-file=/run/lvmbackup-").split(separator: "\n")
            return String(try #require(pids.first))
        }
    }
}

/// Files of root's that no run beside an attacker may change, or show.
struct Canaries: Sendable {
    static let file = "/srv/canary/secret"
    /// Where the attacker's programs are, and write.
    static let work = "/srv/attacker"
    private static let marker = "canary-5521-of-root"

    private let before: String

    static func plant() async throws -> Canaries {
        try await check("rm", "-rf", work, "/srv/canary")
        try await check("install", "-d", "-m", "755", "/srv/canary", "/srv/canary/tree")
        try await check("install", "-d", "-m", "755", "-o", "mysql", work)
        let programs = ["attack", "relay", "exchange"].map { "\(Lab.tools)/Attacker/\($0)" }
        try await check(["install", "-m", "755"] + programs + [work])
        for file in [file, "/srv/canary/tree/file"] {
            try marker.write(toFile: file, atomically: false, encoding: .utf8)
            try await check("chmod", "600", file)
        }
        return Canaries(before: try await state())
    }

    /// Neither changed, nor read into a message, a log or a set.
    func expectUntouched(by backup: Backup, at location: SourceLocation = #_sourceLocation) async throws {
        #expect(try await Self.state() == before, backup.report, sourceLocation: location)
        #expect(!backup.said.contains(Self.marker), backup.report, sourceLocation: location)
        let places = [Lab.destination, "/run", "/var/log", "/var/lib/lvmbackup"]
        let options = ["--exclude-dir=\(Self.work)", "--devices=skip", "-rlaF"]
        let leaks = try await Command(["grep"] + options + ["--", Self.marker] + places).wait()
        #expect(leaks.output == "", backup.report, sourceLocation: location)
    }

    /// Content, owner, mode and times.
    static func state() async throws -> String {
        let script = """
            for place in /srv/canary /etc/passwd /etc/shadow /etc/group /etc/ld.so.preload; do
                [ ! -e "$place" ] || find "$place" -printf '%p %m %u %g %s %T@ %C@\\n' -type f -exec md5sum {} +
            done
            """
        return try await check("bash", "-c", script)
    }
}
