import Glibc
import Host
import Lifecycle
import TestSupport
import Testing

@testable import MySQL

@Suite struct RecoveryDirectoryTests {
    private let scratch: ScratchDirectory
    private let directory: RecoveryDirectory
    private let account: ServerAccount

    init() throws {
        scratch = try ScratchDirectory()
        directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: scratch.path)
        // As root another user's, so that the difference shows.
        let uid = geteuid() == 0 ? 65533 : geteuid()
        chmod(scratch.path, 0o755)
        chown(scratch.path + "/.", geteuid(), getegid())
        mkdir(scratch.path + "/owned", 0o700)
        chown(scratch.path + "/owned", uid, geteuid() == 0 ? 65532 : getegid())
        account = try ServerAccount(of: nil, owner: FileIdentity(of: scratch.path + "/owned"))
        rmdir(scratch.path + "/owned")
    }

    @Test func `the server can write to its own directory alone, and to no file of root's`() throws {
        let files = try directory.create(for: account)
        try files.write("[mysqld]\n", to: "my.cnf")
        let roots: [(String, UInt32)] = [
            ("", 0o711), ("/console.log", 0o600), ("/client", 0o700), ("/private", 0o700),
            ("/private/seen", geteuid() == 0 ? 0o710 : 0o711), ("/private/seen/my.cnf", 0o640),
        ]
        for (name, mode) in roots {
            let identity = try FileIdentity(of: directory.path + name)
            #expect(identity.mode & 0o777 == mode && identity.uid == geteuid(), "\(name)")
        }
        for name in ["/private/seen/server", "/private/seen/server/tmp"] {
            let identity = try FileIdentity(of: directory.path + name)
            #expect(identity.mode & 0o777 == 0o700 && identity.uid == account.uid, "\(name)")
        }
        try directory.remove()
        #expect(try scratch.names == [])
    }

    /// Without user namespaces, processes of that user see the directory of the server through `/proc/PID/root`.
    @Test(.enabled(if: geteuid() == 0, "another user needs root"))
    func `another process of the server's user does not come to the server's directory`() throws {
        let files = try directory.create(for: account)
        let gate = try #require(files.gate)
        #expect(getgrgid(gate) == nil && getpwuid(gate) == nil)
        let other = Account(uid: account.uid, gid: account.gid, groups: account.groups)
        var own = other
        own.groups.append(gate)
        #expect(try own.assumed { try files.seen.status(of: "server/tmp")?.isDirectory } == true)
        #expect(throws: HostError.self) { try other.assumed { try files.seen.status(of: "server/tmp") } }
        #expect(throws: HostError.self) { try other.assumed { try files.seen.directory("server") } }
        try directory.remove()
    }

    @Test(.timeLimit(.minutes(1))) func `links, FIFOs and trees that the server leaves are removed, and not followed`()
        throws
    {
        let outside = try ScratchDirectory()
        let trap = try outside.write([7], to: "trap")
        _ = try directory.create(for: account)
        let own = directory.path + "/private/seen/server"
        symlink(trap, own + "/recovery.log")
        mkfifo(own + "/console.log", 0o666)
        rmdir(own + "/tmp")
        symlink(outside.path, own + "/tmp")
        mkdir(own + "/deep", 0o700)
        if geteuid() == 0 { chown(own + "/deep", account.uid, account.gid) }
        symlink(outside.path, own + "/deep/link")
        try directory.remove()
        #expect(try scratch.names == [])
        #expect(try outside.read("trap") == [7])
    }

    @Test func `the log is read by its descriptor, and not beyond its limit`() throws {
        let files = try directory.create(for: account)
        try files.console.write(Array("line\n".utf8), at: 0)
        #expect(try files.readLog() == "line\n")
        #expect(try !files.isLogTooLong)
        // A sparse file of a terabyte.
        #expect(truncate(directory.path + "/console.log", 1 << 40) == 0)
        #expect(try files.readLog().utf8.count == RecoveryFiles.longestLog)
        #expect(try files.isLogTooLong)
        rename(directory.path + "/console.log", directory.path + "/other")
        symlink("/etc/passwd", directory.path + "/console.log")
        #expect(try files.readLog().hasPrefix("line\n"))
    }

    @Test func `its path is known before it is made, and short enough for a socket`() {
        let directory = RecoveryDirectory(of: "20261122T101502Z-7f3a", in: "/run")
        #expect(directory.path.hasPrefix("/run/lvmbackup-20261122T101502Z-7f3a-"))
        #expect(directory.socket.utf8.count <= 107 && directory.clientSocket.utf8.count <= 107)
        #expect(directory.undo == .exec(["rm", "-rf", "--one-file-system", "--", directory.path]))
    }

    @Test func `a name that is taken already is refused`() throws {
        _ = try directory.create(for: account)
        #expect(throws: HostError.systemCall("mkdir", on: directory.path, errno: EEXIST)) {
            try directory.create(for: account)
        }
    }
}
