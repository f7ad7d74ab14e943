import Glibc
import Host
import TestSupport
import Testing

@Suite(.enabled(if: geteuid() == 0, "needs root")) struct ProgramTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        chmod(scratch.path, 0o755)
    }

    private func copyOfSleep(_ name: String) throws -> String {
        let path = scratch.path + "/" + name
        let file = try HeldDirectory(scratch.path).create(FileName(name), mode: 0o755)
        try file.write(readFile("/bin/sleep"), at: 0)
        try file.setMode(0o755)
        return path
    }

    /// A server that was started by root and has changed its user: its entry in /proc is closed to that user.
    @Test func `the program of a process is executed by descriptor, also after its file is gone`() async throws {
        let path = try copyOfSleep("server")
        var plan = IsolatedProcess.Plan(path, ["30"])
        plan.user = .init(uid: 65534, gid: 65534)
        let live = try IsolatedProcess(plan)
        unlink(path)
        let program = try ProcessProgram(of: live.pid)
        #expect(program.isDeleted)
        #expect(program.path == path)
        var second = IsolatedProcess.Plan(program.path, ["0.01"])
        second.program = program.file
        second.user = .init(uid: 65534, gid: 65534)
        second.isConfined = true
        #expect(try await IsolatedProcess(second).wait() == .exited(0))
        await live.terminate()
    }

    @Test func `a program that others can change is refused, with the place that they can write to`() async throws {
        let child = try IsolatedProcess(.init("sleep", ["30"]))
        try ProcessProgram(of: child.pid).checkOwnership()
        await child.terminate()
        let path = try copyOfSleep("server")
        let live = try IsolatedProcess(.init(path, ["30"]))
        // The test's own directory is in /tmp.
        #expect(throws: HostError.malformed("/tmp", reason: "others than root can write to it")) {
            try ProcessProgram(of: live.pid).checkOwnership()
        }
        chmod(path, 0o775)
        chown(path, 0, 65534)
        #expect(throws: HostError.malformed(path, reason: "others than root can write to it")) {
            try ProcessProgram(of: live.pid).checkOwnership()
        }
        chown(path, 65534, 0)
        #expect(throws: HostError.malformed(path, reason: "it belongs to user 65534, not to root")) {
            try ProcessProgram(of: live.pid).checkOwnership()
        }
        await live.terminate()
    }

    @Test func `a confined child keeps its user, and its user's other processes cannot reach it`() async throws {
        let file = scratch.path + "/id"
        close(try Descriptors.create(file))
        let script = "id -u; id -g; id -G; grep NoNewPrivs /proc/self/status; exec sleep 30"
        var plan = IsolatedProcess.Plan("sh", ["-c", script])
        plan.user = .init(uid: 65534, gid: 65533, groups: [65532])
        plan.isConfined = true
        plan.output = try HeldFile(file, forWriting: true)
        let child = try IsolatedProcess(plan)
        #expect(try await eventually { ProcessTable().command(of: child.pid) == "sleep" })
        let said = String(decoding: try readFile(file), as: UTF8.self)
        #expect(said == "65534\n65533\n65533 65532\nNoNewPrivs:\t1\n")
        #expect(ProcessTable().credentials(of: child.pid)?.uid == 65534)

        let table = ProcessTable()
        let hasNamespaces = table.namespace("user", of: child.pid) != table.namespace("user", of: getpid())
        var spy = IsolatedProcess.Plan("ls", ["/proc/\(child.pid)/root/"])
        spy.user = .init(uid: 65534, gid: 65533)
        let result = try await IsolatedProcess(spy).wait()
        // A kernel without user namespaces cannot keep it out.
        if hasNamespaces { #expect(result != .exited(0)) }
        await child.terminate()
    }

    /// Programs of a confined child that try to outlive it.
    static let escapes = [
        "setsid sleep 300.%d",
        "setsid setsid env -i sleep 300.%d",
        "setsid unshare -Urm sleep 300.%d",
        "setsid unshare -Urmpf sleep 300.%d",
        "perl -e 'fork and exit; fork and exit; exec qw(sleep 300.%d)'",
    ]

    @Test(arguments: [true, false]) func `no process that a confined child has started outlives it`(isCommand: Bool)
        async throws
    {
        let mark = "\(getpid())\(isCommand ? 1 : 0)"
        let starts = Self.escapes.map { $0.replacing("%d", with: mark) + " </dev/null >/dev/null 2>&1 &\n" }.joined()
        let script = "cd /; \(starts) sleep 1"
        let user = Command.User(uid: 65534, gid: 65534)
        let namespace = try await NamespaceCopy.make(of: nil, without: nil, covers: [])
        if isCommand {
            var command = Command("sh", ["-c", script], user: user)
            command.isConfined = true
            #expect(try await Commands.system.run(command).isSuccess)
        } else {
            var plan = IsolatedProcess.Plan("sh", ["-c", script])
            (plan.user, plan.isConfined, plan.namespace) = (user, true, namespace)
            #expect(try await IsolatedProcess(plan).wait() == .exited(0))
        }
        let left = try ProcessTable().pids.filter { pid in
            // A process that has ended since is none.
            let words = (try? readFile("/proc/\(pid)/cmdline")) ?? []
            return String(decoding: words, as: UTF8.self).contains("300.\(mark)")
        }
        for pid in left { kill(pid, SIGKILL) }
        #expect(left == [])
    }
}
