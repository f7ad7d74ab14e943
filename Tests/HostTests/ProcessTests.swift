import Glibc
import Host
import TestSupport
import Testing

struct SerialThreadTests {
    @Test func `jobs run in order on one thread`() async throws {
        let thread = SerialThread(name: "test")
        let first = try await thread.run { pthread_self() }
        for _ in 0..<20 { #expect(try await thread.run { pthread_self() } == first) }
    }

    @Test func `without a thread to be had there is an error, not a crash`() async {
        await #expect(processExitsWith: .exitCode(42)) {
            // The pool's own threads exist already; root may always have another.
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            #expect(setrlimit(__rlimit_resource_t(__RLIMIT_NPROC.rawValue), &limit) == 0)
            if geteuid() == 0 { #expect(setuid(65534) == 0) }
            do { try await SerialThread.once(name: "test") {} } catch HostError.noThread {
                // Without what else happens at the end: LeakSanitizer would need a thread.
                _exit(42)
            }
        }
    }

    @Test func `an error comes back`() async {
        let thread = SerialThread(name: "test")
        await #expect(throws: CancellationError.self) { try await thread.run { throw CancellationError() } }
    }
}

struct IsolatedProcessTests {
    @Test func `all waiting callers see the end of a child`() async throws {
        let child = try IsolatedProcess(.init("sh", ["-c", "sleep 0.1; exit 7"]))
        async let one = child.wait()
        async let two = child.wait()
        #expect(await [one, two] == [.exited(7), .exited(7)])
        #expect(await child.wait(limit: .zero) == .exited(7))
    }

    @Test func `waiting has a limit`() async throws {
        let child = try IsolatedProcess(.init("sleep", ["30"]))
        #expect(await child.wait(limit: .milliseconds(20)) == nil)
        #expect(child.status == nil)
        #expect(await child.terminate() == .signalled(SIGTERM))
    }

    @Test func `a child that ignores TERM is killed after the grace`() async throws {
        let child = try IsolatedProcess(.init("sh", ["-c", "trap '' TERM; while :; do sleep 0.05; done"]))
        try await Task.sleep(for: .milliseconds(100))
        #expect(await child.terminate(grace: .milliseconds(200)) == .signalled(SIGKILL))
    }

    @Test func `a child that wants to leave its process group is ended all the same`() async throws {
        let script = "setpgrp(0, getpgrp(getppid())); $SIG{TERM} = 'IGNORE'; $0 = 'gone'; sleep 60"
        let child = try IsolatedProcess(.init("perl", ["-e", script]))
        #expect(try await eventually { ProcessTable().command(of: child.pid) == "gone" })
        try #require(try ProcessTable().group(of: child.pid) == child.pid)
        #expect(await child.terminate(grace: .milliseconds(50)) == .signalled(SIGKILL))
    }

    @Test func `both output streams are appended to the file`() async throws {
        let directory = try ScratchDirectory()
        var plan = IsolatedProcess.Plan("sh", ["-c", "echo one; echo two >&2"])
        plan.output = try HeldDirectory(directory.path).create("log")
        try plan.output?.write(Array("zero\n".utf8), at: 0)
        _ = try await IsolatedProcess(plan).wait()
        #expect(String(decoding: try readFile(directory.path + "/log"), as: UTF8.self) == "zero\none\ntwo\n")
    }

    @Test func `a child can be told from a later one with its number`() async throws {
        let child = try IsolatedProcess(.init("sleep", ["30"]))
        let table = ProcessTable()
        #expect(try table.isAlive(pid: child.pid, startTime: child.startTime))
        #expect(try !table.isAlive(pid: child.pid, startTime: child.startTime + 1))
        await child.terminate()
        #expect(try !table.isAlive(pid: child.pid, startTime: child.startTime))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func `a child runs as the user it was given`() async throws {
        let directory = try ScratchDirectory()
        var plan = IsolatedProcess.Plan("sh", ["-c", "id -u; id -g; id -G"])
        plan.user = .init(uid: 65534, gid: 65533, groups: [65532])
        plan.output = try HeldDirectory(directory.path).create("log")
        _ = try await IsolatedProcess(plan).wait()
        #expect(String(decoding: try readFile(directory.path + "/log"), as: UTF8.self) == "65534\n65533\n65533 65532\n")
    }

    #if arch(x86_64)
        /// With the numbers of add_key (248) and keyctl (250; 9: unlink) of this architecture.
        @Test(.enabled(if: geteuid() == 0, "needs root")) func `a child of another user gets no key of root's`()
            async throws
        {
            let directory = try ScratchDirectory()
            let name = "lvmbackup-test-\(getpid())"
            let add = "my ($t, $n, $v) = ('user', '\(name)', 'x'); exit(syscall(248, $t, $n, $v, 1, -3) < 0)"
            // A kernel without keys, or a container that forbids them.
            guard try await IsolatedProcess(.init("perl", ["-e", add])).wait() == .exited(0) else { return }
            func keys(seenBy user: Command.User?) async throws -> String {
                var plan = IsolatedProcess.Plan("grep", ["-c", name, "/proc/keys"])
                plan.user = user
                plan.output = try HeldDirectory(directory.path).create(FileName("log-\(user?.uid ?? 0)"))
                _ = try await IsolatedProcess(plan).wait()
                return String(decoding: try readFile(plan.output?.path ?? ""), as: UTF8.self)
            }
            // Where this process has no keyring that its children share, the key was gone with the child that added it.
            if try await keys(seenBy: nil) == "1\n" {
                #expect(try await keys(seenBy: Command.User(uid: 65534, gid: 65534)) == "0\n")
            }
            let remove = "my ($t, $n) = ('user', '\(name)'); syscall(250, 9, syscall(250, 10, -3, $t, $n, 0), -3)"
            _ = try await IsolatedProcess(.init("perl", ["-e", remove])).wait()
        }
    #endif
}

struct ProcessTableTests {
    @Test(arguments: ["(sh)", "(a b)", "(x) y)", "((sd-pam))"]) func `a start time is found behind any name`(
        name: String
    ) throws {
        let directory = try ScratchDirectory()
        mkdir(directory.path + "/42", 0o700)
        let stat = "42 \(name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21\n"
        try Descriptors.create(directory.path + "/42/stat", text: stat)
        #expect(try ProcessTable(root: directory.path).startTime(of: 42) == 987_654)
        #expect(try ProcessTable(root: directory.path).startTime(of: 43) == nil)
    }

    @Test func `this process is found with all it has`() throws {
        let table = ProcessTable()
        #expect(table.namespace("mnt", of: getpid()) != nil)
        #expect(try table.pids.contains(getpid()))
        #expect(table.credentials(of: getpid())?.uid == geteuid())
        #expect(table.executable(of: getpid())?.isEmpty == false)
    }

    @Test func `an open file is found by device and inode`() throws {
        let directory = try ScratchDirectory()
        let descriptor = try Descriptors.create(directory.path + "/file")
        defer { close(descriptor) }
        let file = try FileIdentity(of: directory.path + "/file")
        #expect(ProcessTable().openFiles(of: getpid())[descriptor]?.isSameFile(as: file) == true)
    }
}

struct ProcessViewTests {
    @Test func `links are followed and the very mount is found`() throws {
        let directory = try ScratchDirectory()
        mkdir(directory.path + "/real", 0o700)
        try Descriptors.create(directory.path + "/real/file")
        symlink(directory.path + "/real", directory.path + "/link")
        let file = try ProcessView(pid: getpid()).file(directory.path + "/link/file")
        #expect(file.path == directory.path + "/real/file")
        #expect(file.identity.isSameFile(as: try FileIdentity(of: file.path)))
        #expect(file.mount == (try MountInfo.read().covering(file.path)))
    }

    @Test func `a missing file is an error with its name`() throws {
        #expect(throws: HostError.systemCall("open", on: "/no/such", errno: ENOENT)) {
            try ProcessView().file("/no/such")
        }
    }
}

struct RunProcessesTests {
    @Test func `processes with the run's name are ended, awaited ones may finish`() async throws {
        let run = "r-\(getpid())"
        var plan = IsolatedProcess.Plan("sh", ["-c", "sleep 30 & wait"])
        plan.environment = RunProcesses.mark(run)
        let shell = try IsolatedProcess(plan)
        plan = IsolatedProcess.Plan("perl", ["-e", "sleep 1"])
        plan.environment = RunProcesses.mark(run)
        let finishing = try IsolatedProcess(plan)
        let processes = RunProcesses(run: run, awaiting: ["perl"])
        #expect(try await processes.end(limit: .seconds(20)).isEmpty)
        #expect(await shell.wait() == .signalled(SIGKILL))
        #expect(await finishing.wait() == .exited(0))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root")) func `another user's program of any name is not awaited`()
        async throws
    {
        let run = "r-\(getpid())-foreign"
        var plan = IsolatedProcess.Plan("sleep", ["30"])
        plan.environment = RunProcesses.mark(run)
        plan.user = .init(uid: 65534, gid: 65534)
        for names in [(["sleep"], []), ([], ["sleep"])] as [(Set<String>, Set<String>)] {
            let child = try IsolatedProcess(plan)
            let processes = RunProcesses(run: run, awaiting: names.0, ignoring: names.1)
            let left = try await processes.end(limit: .seconds(5))
            let status = await child.wait(limit: .seconds(5))
            await child.terminate()
            #expect(left == [])
            #expect(status == .signalled(SIGKILL))
        }
    }

    @Test func `a process that does not end in time is named`() async throws {
        var plan = IsolatedProcess.Plan("sleep", ["30"])
        plan.environment = RunProcesses.mark("r-\(getpid())-late")
        let child = try IsolatedProcess(plan)
        let name = ProcessTable().executableName(of: child.pid)
        let processes = RunProcesses(run: "r-\(getpid())-late", awaiting: ["sleep"])
        let left = try await processes.end(limit: .milliseconds(100))
        let status = child.status
        await child.terminate()
        #expect(
            left == [child.pid] && status == nil && name == "sleep",
            "left: \(left), status: \(String(describing: status))"
        )
    }

    @Test func `a process that has only just been started is found`() async throws {
        for number in 1...100 {
            var plan = IsolatedProcess.Plan("sleep", ["30"])
            plan.environment = RunProcesses.mark("r-\(getpid())-\(number)")
            let child = try IsolatedProcess(plan)
            let processes = RunProcesses(run: "r-\(getpid())-\(number)", awaiting: ["sleep"])
            let found = try await processes.end(limit: .zero)
            await child.terminate()
            try #require(found == [child.pid])
        }
    }
}
