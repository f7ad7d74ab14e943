import Glibc
import Host
import Testing

struct RunLockTests {
    let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    func lock(_ name: String, run: String = "r1") throws -> RunLock {
        try RunLock(name, owner: .init(run: run, pid: 7, since: 1), directory: directory.path)
    }

    @Test func `a second run is told who has the lock`() throws {
        let first = try lock("vg0/mysql")
        let owner = RunLock.Owner(run: "r1", pid: 7, since: 1)
        #expect(throws: HostError.locked("vg0/mysql", owner: owner)) { try lock("vg0/mysql", run: "r2") }
        #expect(try !RunLock.isFree("vg0/mysql", directory: directory.path))
        first.release()
        #expect(try RunLock.isFree("vg0/mysql", directory: directory.path))
        _ = try lock("vg0/mysql", run: "r2")
    }

    @Test func `the lock goes with its owner, and other volumes are free`() throws {
        do {
            let first = try lock("a")
            #expect(try RunLock.isFree("b", directory: directory.path))
            withExtendedLifetime(first) {}
        }
        #expect(try RunLock.isFree("a", directory: directory.path))
    }

    @Test func `a name can't leave the directory`() throws {
        #expect(try lock("../../etc/x y").path == directory.path + "/..:..:etc:x%20y.lock")
    }

    @Test func `volumes with similar names have different locks`() throws {
        let locks = try ["a/b_c", "a_b/c", "a/b+c", "a/b.c", "a/b-c"].map { try lock($0) }
        #expect(Set(locks.map(\.path)).count == locks.count)
    }

    private func forsaken() async throws -> [String] {
        var names: [String] = []
        try await RunLock.forEachForsaken(in: directory.path) { names.append($0.name) }
        return names
    }

    @Test func `a lock whose run could not put things in order is forsaken, too`() async throws {
        let lock = try lock("vg0/frozen")
        lock.forsake()
        lock.release()
        #expect(try RunLock.isFree("vg0/frozen", directory: directory.path))
        #expect(try await forsaken() == ["vg0/frozen"])
    }

    @Test func `the lock of a run that died is forsaken until somebody has put things in order`() async throws {
        let living = try lock("vg0/living")
        try lock("vg0/ended").release()
        _ = try lock("vg0/dead", run: "r2")
        #expect(try await forsaken() == ["vg0/dead"])
        try await RunLock.forEachForsaken(in: directory.path) { (lock: RunLock) async throws in
            let free = try RunLock.isFree("vg0/dead", directory: directory.path)
            #expect(!free)
            lock.release()
        }
        #expect(try await forsaken() == [])
        #expect(try RunLock.isFree("vg0/dead", directory: directory.path))
        living.release()
    }

    @Test func `a guardian clears the locks of its own run`() throws {
        let (mine, other) = (try lock("vg0/mine"), try lock("vg0/other", run: "r2"))
        #expect(try RunLock.names(heldBy: "r1", in: directory.path) == ["vg0/mine"])
        try RunLock.clear("vg0/other", of: "r1", in: directory.path)
        #expect(try RunLock.names(heldBy: "r2", in: directory.path) == ["vg0/other"])
        try RunLock.clear("vg0/mine", of: "r1", in: directory.path)
        #expect(try RunLock.names(heldBy: "r1", in: directory.path).isEmpty)
        #expect(try !RunLock.isFree("vg0/mine", directory: directory.path))
        withExtendedLifetime((mine, other)) {}
    }

    @Test func `a directory that others can enter is made private`() throws {
        chmod(directory.path, 0o755)
        _ = try lock("a")
        #expect(try FileIdentity(of: directory.path).mode & 0o777 == 0o700)
    }
}

private enum Limit {
    /// How long this process's files may become; nil for any length.
    static func fileSize(_ bytes: UInt64?) throws {
        // Else a write beyond it ends the process.
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: rlim_t(bytes ?? UInt64.max), rlim_max: rlim_t(UInt64.max))
        guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
            throw HostError.systemCall("setrlimit", on: "file size", errno: errno)
        }
    }
}

struct RunRecordTests {
    let directory: ScratchDirectory
    let identity: Identity

    init() throws {
        directory = try ScratchDirectory()
        identity = try Identity.current()
    }

    @Test func `what was intended is found again, in order`() throws {
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        try record.intend(.exec(["rm", "x y"]))
        try record.intend(.sql("SET GLOBAL a=1"), context: ["pid": "12"])
        let found = try RunRecord.all(in: directory.path)
        let entries: [RunRecord.Entry] = [
            .init(undo: .exec(["rm", "x y"])), .init(undo: .sql("SET GLOBAL a=1"), context: ["pid": "12"]),
        ]
        #expect(found == [.init(run: "r1", identity: identity, entries: entries, path: directory.path + "/r1")])
        #expect(try FileIdentity(of: record.path).mode & 0o777 == 0o600)
        try record.remove()
        #expect(try RunRecord.all(in: directory.path).isEmpty)
    }

    @Test func `a line that was cut short is what never happened`() throws {
        let record = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        try record.intend(.exec(["one"]))
        let file = open(record.path, O_WRONLY | O_APPEND)
        write(file, "{\"entry\":{\"un", 13)
        close(file)
        #expect(try RunRecord.all(in: directory.path).first?.entries == [.init(undo: .exec(["one"]))])
    }

    @Test func `what is no record is not in the way of those that are`() throws {
        _ = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        mkdir(directory.path + "/a", 0o700)
        mkfifo(directory.path + "/b", 0o600)
        symlink(directory.path + "/gone", directory.path + "/c")
        #expect(try RunRecord.all(in: directory.path).map(\.run) == ["r1"])
        #expect(try RunRecord.search(in: directory.path).unreadable.isEmpty)
    }

    @Test func `a record that can't be read is told`() throws {
        // Not even root can.
        let path = "/proc/sys/vm/drop_caches"
        let unreadable = try RunRecord.search(in: "/proc/sys/vm").unreadable
        #expect(unreadable.first { $0.path == path }?.reason == "open \"\(path)\": permission denied")
    }

    @Test func `a run has one record`() throws {
        _ = try RunRecord(run: "r1", identity: identity, directory: directory.path)
        let error = HostError.systemCall("open", on: directory.path + "/r1", errno: EEXIST)
        #expect(throws: error) { try RunRecord(run: "r1", identity: identity, directory: directory.path) }
    }

    @Test func `a line that did not fit leaves nothing of itself`() async {
        // In a process of its own, in which files can't become longer than it says.
        await #expect(processExitsWith: .exitCode(40)) {
            let directory = try ScratchDirectory()
            let record = try RunRecord(run: "r1", identity: .current(), directory: directory.path)
            try record.intend(.exec(["one"]))
            try Limit.fileSize(UInt64(readFile(record.path).count + 5))
            let error = HostError.systemCall("write", on: record.path, errno: EFBIG)
            #expect(throws: error) { try record.intend(.exec(["two"])) }
            try Limit.fileSize(nil)
            try record.intend(.exec(["three"]))
            let undos = try RunRecord.all(in: directory.path).first?.entries.map(\.undo)
            exit(undos == [.exec(["one"]), .exec(["three"])] ? 40 : 41)
        }
    }

    @Test func `a record that did not fit is not in the way of a second attempt`() async {
        await #expect(processExitsWith: .exitCode(40)) {
            let directory = try ScratchDirectory()
            let identity = try Identity.current()
            try Limit.fileSize(5)
            let error = HostError.systemCall("write", on: directory.path + "/r1", errno: EFBIG)
            for _ in 0..<2 {
                #expect(throws: error) { try RunRecord(run: "r1", identity: identity, directory: directory.path) }
            }
            exit(try listDirectory(directory.path).isEmpty ? 40 : 41)
        }
    }

    @Test func `no directory means no records`() throws {
        #expect(try RunRecord.all(in: directory.path + "/none").isEmpty)
    }
}

struct IdentityTests {
    let here = Identity(host: "h", machine: "m", boot: "b", pidNamespace: 1, pid: getpid(), startTime: 0)

    @Test func `this process is alive`() throws {
        let me = try Identity.current()
        #expect(try !me.isProvablyDead(seenFrom: me))
    }

    @Test(
        arguments: [
            ("m", "other", 1, true), ("m", "b", 1, true), ("m", "b", 2, false), ("other", "other", 1, false),
            (Identity.unknownMachine, "other", 1, false), (Identity.unknownMachine, "b", 1, true),
            (Identity.unknownMachine, "b", 2, false),
        ] as [(String, String, UInt64, Bool)]
    ) func `death has to be proven`(
        machine: String,
        boot: String,
        namespace: UInt64,
        isDead: Bool
    ) throws {
        var here = here
        if machine == Identity.unknownMachine { here.machine = machine }
        // This process did not start at tick 0: its number is another process's.
        let other = Identity(
            host: "h",
            machine: machine,
            boot: boot,
            pidNamespace: namespace,
            pid: getpid(),
            startTime: 0
        )
        #expect(try other.isProvablyDead(seenFrom: here) == isDead)
    }
}

struct FileSystemTests {
    @Test func `a link in place of a private directory is refused`() throws {
        let directory = try ScratchDirectory()
        mkdir(directory.path + "/real", 0o700)
        symlink("real", directory.path + "/link")
        let reason = "it is not a directory of this user's own"
        #expect(throws: HostError.malformed(directory.path + "/link", reason: reason)) {
            try FileSystem.ensurePrivateDirectory(directory.path + "/link")
        }
    }

    @Test func `a private tree is created as far as it is missing`() throws {
        let directory = try ScratchDirectory()
        try FileSystem.ensurePrivateTree(directory.path + "/a/b/c")
        try FileSystem.ensurePrivateTree(directory.path + "/a/b/c")
        #expect(try FileIdentity(of: directory.path + "/a/b/c").mode & 0o777 == 0o700)
    }

    @Test func `a directory with something in it is not removed`() throws {
        let directory = try ScratchDirectory()
        let made = try FileSystem.createPrivateDirectory(in: directory.path, prefix: "run-")
        try Descriptors.create(made + "/file")
        #expect(throws: HostError.systemCall("rmdir", on: made, errno: ENOTEMPTY)) {
            try FileSystem.removeDirectory(made)
        }
        unlink(made + "/file")
        try FileSystem.removeDirectory(made)
        try FileSystem.removeDirectory(made)
    }

    @Test func `free space is a sensible number`() throws {
        #expect(try FileSystem.freeBytes(at: "/tmp") > 0)
    }
}
