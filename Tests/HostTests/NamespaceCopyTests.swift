import Glibc
import Host
import TestSupport
import Testing

/// The device of nothing.
private let noDevice = DeviceNumber(major: 511, minor: 77)

@Suite(.enabled(if: geteuid() == 0, "needs root")) struct NamespaceCopyTests {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        for name in ["source", "target"] { mkdir(scratch.path + "/" + name, 0o755) }
        close(try Descriptors.create(scratch.path + "/source/seen"))
        chmod(scratch.path, 0o755)
    }

    private func said(_ plan: IsolatedProcess.Plan) async throws -> String {
        let log = scratch.path + "/log-\(UInt32.random(in: 0 ... .max))"
        var plan = plan
        plan.output = try HeldDirectory(scratch.path).create(FileName(String(log.split(separator: "/").last!)))
        let child = try await SerialThread.once(name: "spawn") { [plan] in try IsolatedProcess(plan) }
        let status = await child.wait()
        #expect(status == .exited(0))
        return String(decoding: try readFile(log), as: UTF8.self)
    }

    @Test func `a cover is seen by the children that enter, and by them alone`() async throws {
        let cover = NamespaceCopy.Cover(try HeldDirectory(scratch.path + "/source"), over: scratch.path + "/target")
        let copy = try await NamespaceCopy.make(of: nil, without: noDevice, covers: [cover])
        var plan = IsolatedProcess.Plan("ls", [scratch.path + "/target"])
        plan.namespace = copy
        #expect(try await said(plan) == "seen\n")
        #expect(try listDirectory(scratch.path + "/target").isEmpty)
        let identity = try copy.identity(of: scratch.path + "/target/seen")
        #expect(identity.isSameFile(as: try FileIdentity(of: scratch.path + "/source/seen")))
    }

    /// Whether the kernel is Linux 5.12 or later.
    private static let hasRecursiveMounts: Bool = {
        var name = utsname()
        uname(&name)
        let text = withUnsafeBytes(of: &name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let numbers = text.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        return !numbers.lexicographicallyPrecedes([5, 12])
    }()

    @Test(.enabled(if: hasRecursiveMounts, "needs Linux 5.12"))
    func `children write to a cover, and to no other file system`() async throws {
        mkdir(scratch.path + "/other", 0o755)
        #expect(mount("scratch", scratch.path + "/other", "tmpfs", 0, nil) == 0)
        defer { umount2(scratch.path + "/other", Int32(MNT_DETACH)) }
        let cover = NamespaceCopy.Cover(try HeldDirectory(scratch.path + "/source"), over: scratch.path + "/target")
        let copy = try await NamespaceCopy.make(of: nil, without: noDevice, covers: [cover])
        #expect(copy.isReadOnly)
        let places = ["target", "source", "other", "."].map { "\(scratch.path)/\($0)/new" }
        var plan = IsolatedProcess.Plan("sh", ["-c", "touch \(places.joined(separator: " ")) || echo > /dev/null"])
        plan.namespace = copy
        let refused = try await said(plan).split(separator: "\n").filter { $0.hasSuffix(": Read-only file system") }
        #expect(refused.count == 3)
        #expect(try listDirectory(scratch.path + "/source") == ["new", "seen"])
        // The mounts of this process stay as they are.
        let own = try MountInfo.read().entries.filter { $0.mountPoint == scratch.path + "/other" }
        #expect(own.map(\.options[0]) == ["rw"])
    }

    @Test func `the target of a link is not covered`() async throws {
        symlink("target", scratch.path + "/link")
        let cover = NamespaceCopy.Cover(try HeldDirectory(scratch.path + "/source"), over: scratch.path + "/link")
        await #expect(throws: HostError.systemCall("open", on: scratch.path + "/link", errno: ELOOP)) {
            try await NamespaceCopy.make(of: nil, without: noDevice, covers: [cover])
        }
    }

    @Test func `all mounts of a device are taken away, also bound and stacked ones`() async throws {
        let places = ["one", "two"].map { scratch.path + "/" + $0 }
        for place in places { mkdir(place, 0o755) }
        #expect(mount("scratch", places[0], "tmpfs", 0, nil) == 0)
        defer { for place in places { while umount2(place, Int32(MNT_DETACH)) == 0 {} } }
        let device = try FileIdentity(of: places[0]).device
        #expect(mount(places[0], places[1], nil, UInt(MS_BIND), nil) == 0)
        #expect(mount(places[0], places[0], nil, UInt(MS_BIND), nil) == 0)
        let copy = try await NamespaceCopy.make(of: nil, without: device, covers: [])
        #expect(copy.mounts.entries(of: device) == [])
        #expect(try MountInfo.read().entries(of: device).count == 3)
    }

    @Test func `a process in another root directory and namespace is followed there`() async throws {
        try await Self.makeRoot(scratch.path + "/root")
        mkdir(scratch.path + "/root/data", 0o755)
        let root = scratch.path + "/root"
        let script = "mount --bind \(scratch.path)/source \(root)/mnt && exec chroot \(root) /bin/sleep 30"
        let server = try IsolatedProcess(.init("unshare", ["--mount", "sh", "-c", script]))
        #expect(try await eventually { ProcessTable().command(of: server.pid) == "sleep" })
        let cover = NamespaceCopy.Cover(try HeldDirectory(scratch.path + "/source"), over: "/data")
        let copy = try await NamespaceCopy.make(of: server.pid, without: noDevice, covers: [cover])
        await server.terminate()
        var plan = IsolatedProcess.Plan("/bin/ls", ["/data", "/mnt"])
        plan.namespace = copy
        plan.workingDirectory = "/"
        #expect(try await said(plan) == "/data:\nseen\n\n/mnt:\nseen\n")
        #expect(try listDirectory(scratch.path + "/root/data").isEmpty)
    }

    @Test func `a namespace that another user has made is refused`() async throws {
        let server = try IsolatedProcess(.init("unshare", ["--user", "--map-root-user", "--mount", "sleep", "30"]))
        #expect(try await eventually { ProcessTable().command(of: server.pid) == "sleep" })
        let pid = server.pid
        await #expect(throws: HostError.foreignNamespace(pid: pid)) {
            try await NamespaceCopy.make(of: pid, without: noDevice, covers: [])
        }
        #expect(throws: HostError.foreignNamespace(pid: pid)) { try NamespaceCopy.check(pid) }
        await server.terminate()
        try NamespaceCopy.check(getpid())
    }

    /// The programs `sleep` and `ls` with their libraries.
    static func makeRoot(_ path: String) async throws {
        let script = """
            set -e; mkdir -p "$1/bin" "$1/mnt"; chmod 755 "$1" "$1/bin" "$1/mnt"
            for program in sleep ls id sh cat; do cp "/bin/$program" "$1/bin/"; done
            for file in $(ldd /bin/sleep /bin/ls /bin/id /bin/sh | grep -o '/[^ ]*' | grep -v ':$' | sort -u)
            do mkdir -p "$1$(dirname "$file")"; cp -L "$file" "$1$file"; done
            """
        let child = try IsolatedProcess(.init("bash", ["-c", script, "bash", path]))
        #expect(await child.wait(limit: .seconds(30)) == .exited(0))
    }
}
