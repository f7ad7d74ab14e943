import Foundation
import Testing

extension LabTests {
    /// Other processes on the machine that get in the way.
    @Suite struct Neighbours {
        @Test(.complete, arguments: [false, true])
        func `a process that keeps a file of the copy open is named; the remains are removed by the next run`(
            goesInTime: Bool
        ) async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/archive:exit:stop")
            let holder = try await hold(aFileOf: run)
            run.command.signal(SIGCONT)
            if goesInTime {
                try await Task.sleep(for: .seconds(3))
                holder.signal(SIGKILL)
            }
            let backup = try await run.finish(limit: .seconds(240))
            #expect(backup.event("published") != nil, backup.report)
            if goesInTime {
                #expect(backup.status == 0, backup.report)
            } else {
                #expect(backup.status == 2, backup.report)
                let leaks = backup.events("leaked")
                #expect(leaks.contains { "\($0)".contains("process \(holder.pid)") }, "not named: \(backup.report)")
                #expect(leaks.contains { "\($0)".contains("lvremove") }, "no command: \(backup.report)")
                holder.signal(SIGKILL)
                _ = await holder.wait()
                let next = try Backup(await Backup.start([Lab.destination]).wait())
                #expect(next.status == 0, next.report)
            }
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        /// From outside the run's mount namespace.
        private func hold(aFileOf run: StoppedRun) async throws -> Command {
            let text = Command.Result(status: 0, output: run.command.output, errors: "", seconds: 0)
            let path = try #require(try Backup(text).event("mounted")?["path"].string)
            let file = "/proc/\(run.command.pid)/root\(path)/ibdata1"
            let holder = try Command(["bash", "-c", #"exec 3<"$0" && echo open && exec sleep 600"#, file])
            try await until("the file is open") { holder.output.contains("open") }
            return holder
        }

        @Test(.complete)
        func `a snapshot that somebody enlarges is still the run's own`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let run = try await StoppedRun.at("step/mount:exit:stop", ["--snapshot-size", "64M"])
            let name = try #require(
                try await volumes("lv_tags=lvmbackup_active").first.map { $0.replacing("[", with: "") }
            )
            try await check("lvextend", "-y", "-L", "+32M", name)
            let backup = try await run.finish()
            #expect(backup.status == 0, backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `of two runs started at once on one volume, one is deferred`() async throws {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let both = try [Backup.start([Lab.destination]), Backup.start([Lab.destination])]
            var ended: [Backup] = []
            for run in both { ended.append(try Backup(await run.wait())) }
            #expect(ended.map(\.status).sorted() == [0, 75], "\(ended[0].report)\(ended[1].report)")
            let deferred = try #require(ended.firstIndex { $0.status == 75 })
            let owner = "(process \(both[1 - deferred].pid)) since 20"
            #expect(ended[deferred].said.contains(owner), ended[deferred].report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        @Test(.complete)
        func `snapshots that are not provably a stale run's own are never touched`() async throws {
            let host = try await DatabaseHost.with()
            let namesake = "mysql_snapshot-0000"
            try await snapshot(namesake, tags: [])
            // As of a stale run, but for the one thing.
            try await snapshot("elsewhere", tags: tags(machine: "0123456789abcdef"))
            try await snapshot("container", tags: tags(pidNamespace: "4026539999"))
            let before = try await Traces.now()
            let backup = try Backup(await Backup.start([Lab.destination]).wait())
            #expect(backup.status == 0, backup.report)
            let cleanup = try await run(Lab.command, "cleanup")
            #expect(cleanup.status == 0, cleanup.report)
            #expect((cleanup.output + cleanup.errors).contains("another pid namespace"), cleanup.report)
            #expect((cleanup.output + cleanup.errors).contains("another machine"), cleanup.report)
            try await expectNoTraces(since: before)
            #expect(try await Traces.now().volumes.isSuperset(of: before.volumes))
            // The same with nothing in the way is reaped: the tags are right.
            try await snapshot("dead", tags: tags())
            let second = try await run(Lab.command, "cleanup")
            #expect(second.status == 0, second.report)
            #expect(try await !volumes("lv_name=dead").contains("lab/dead"), second.report)
            for name in [namesake, "elsewhere", "container"] { try await check("lvremove", "-y", "lab/\(name)") }
            try await expectAlive(host)
        }

        private func snapshot(_ name: String, tags: [String]) async throws {
            let options = tags.flatMap { ["--addtag", $0] }
            try await check(["lvcreate", "-y", "-s", "-l", "4", "-n", name] + options + ["lab/mysql"])
        }

        /// The tags of a run of this machine and boot, whose process is gone.
        private func tags(machine: String? = nil, pidNamespace: String? = nil) async throws -> [String] {
            let probe = try await StoppedRun.at("step/mount:exit:stop")
            let listed = try await check("lvs", "--noheadings", "-o", "lv_tags", "-S", "lv_tags=lvmbackup_active")
            let backup = try await probe.finish()
            #expect(backup.status == 0, backup.report)
            let own = listed.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let tags = try #require(own.first { $0.contains("lvmbackup_pid=\(probe.command.pid)") })
            return tags.split(separator: ",").map { tag in
                let key = tag.prefix { $0 != "=" }
                switch (key, machine, pidNamespace) {
                case ("lvmbackup_machine", let machine?, _): return "\(key)=\(machine)"
                case ("lvmbackup_pidns", _, let namespace?): return "\(key)=\(namespace)"
                default: return String(tag)
                }
            }
        }

        /// The command that dies, and the fault that keeps the prepared shell from doing its work.
        @Test(.complete, arguments: ["lvremove", "lvcreate", "lvextend"])
        func `an LVM command that dies with the origin suspended does not stop writers for long`(name: String)
            async throws
        {
            let host = try await DatabaseHost.with()
            let before = try await Traces.now()
            let wrapper = "/usr/local/sbin/\(name)"
            try await check("mkdir", "-p", "/usr/local/sbin")
            let text = """
                #!/bin/bash
                /usr/sbin/\(name) "$@" || exit
                [ ! -e /run/lab/died ] || exit 0
                touch /run/lab/died
                dmsetup suspend lab-mysql
                kill -KILL $$
                """
            try text.write(toFile: wrapper, atomically: true, encoding: .utf8)
            try await check("chmod", "755", wrapper)
            let isExtending = name == "lvextend"
            let slow = "step/archive:middle:slow=8"
            let options = isExtending ? ["--snapshot-size", "16M", "--snapshot-extend-at", "10%"] : []
            let running = try Command(
                [Lab.product("lvmbackup"), "--json"] + options + [Lab.destination],
                // Without the shell that is started ahead, lvcreate is run as a command like the others.
                environment: ["LVMBACKUP_FAULT": "command/lvm:entry:fail" + (isExtending ? ";\(slow)" : "")]
            )
            if isExtending {
                try await until("the copy is mounted") { running.output.contains(#""mounted""#) || !running.isRunning }
                let place = ["if=/dev/urandom", "of=/var/lib/mysql/ballast"]
                try await check(["dd"] + place + ["bs=1M", "count=4", "oflag=direct"])
            }
            let backup = try Backup(await running.wait(limit: .seconds(200)))
            _ = try await run("dmsetup", "resume", "lab-mysql")
            _ = try await run("rm", "-f", wrapper, "/var/lib/mysql/ballast")
            let died = try await run("rm", "/run/lab/died")
            try #require(died.status == 0, "the command was not run: \(backup.report)")
            #expect(backup.status == (name == "lvcreate" ? 1 : 0), backup.report)
            #expect(backup.said.contains("\(name) left suspended, now resumed: lab-mysql"), backup.report)
            try await expectNoTraces(since: before)
            try await expectAlive(host)
        }

        private func volumes(_ selection: String) async throws -> [String] {
            try await check("lvs", "--noheadings", "-o", "lv_full_name", "-S", selection).split(separator: "\n").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
    }
}
