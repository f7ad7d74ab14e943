import Glibc
import Host
import TestSupport
import Testing

@Suite struct DirectoryRemovalTests {
    private let scratch: ScratchDirectory
    private let directory: HeldDirectory

    init() throws {
        scratch = try ScratchDirectory()
        for name in ["in", "out"] { mkdir("\(scratch.path)/\(name)", 0o700) }
        close(try Descriptors.create(scratch.path + "/out/secret", text: "secret"))
        directory = try HeldDirectory(scratch.path + "/in")
    }

    @Test func `emptying removes links, special files and trees, and nothing behind a link`() throws {
        symlink("../out/secret", scratch.path + "/in/link")
        symlink("../out", scratch.path + "/in/linked")
        mkfifo(scratch.path + "/in/fifo", 0o600)
        mkdir(scratch.path + "/in/directory", 0o700)
        mkdir(scratch.path + "/in/directory/deep", 0o700)
        symlink("../../../out", scratch.path + "/in/directory/deep/link")
        var odd = Array((scratch.path + "/in/odd").utf8CString.dropLast()) + [CChar(bitPattern: 0xff), 0]
        close(open(&odd, O_WRONLY | O_CREAT, 0o600))
        try directory.empty()
        #expect(try directory.names() == [])
        #expect(try readFile(scratch.path + "/out/secret") == Array("secret".utf8))
    }

    @Test func `a directory that is exchanged for a link is emptied where it went`() throws {
        close(try Descriptors.create(scratch.path + "/in/file"))
        rename(scratch.path + "/in", scratch.path + "/moved")
        symlink("out", scratch.path + "/in")
        try directory.empty()
        #expect(access(scratch.path + "/moved/file", F_OK) != 0)
        #expect(access(scratch.path + "/out/secret", F_OK) == 0)
    }

    /// Deeper than a process has descriptors.
    @Test func `no tree is too deep to be removed`() throws {
        var below = directory
        for _ in 0..<3000 { below = try below.createDirectory("deep") }
        close(try Descriptors.create(scratch.path + "/in/file"))
        try directory.empty()
        #expect(try directory.names() == [])
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `an owner that goes on adding to its directories does not keep them from being removed`() async throws {
        chmod(scratch.path, 0o755)
        mkdir(scratch.path + "/in/sub", 0o700)
        for name in ["in", "in/sub"] { #expect(chown("\(scratch.path)/\(name)", 65534, 65534) == 0) }
        let script = "cd \(scratch.path)/in/sub; while :; do mkdir -p d/$i/e; echo >f$i; echo >../g$i; i=$((i+1)); done"
        var plan = IsolatedProcess.Plan("sh", ["-c", script])
        plan.user = .init(uid: 65534, gid: 65534)
        let writer = try IsolatedProcess(plan)
        #expect(try await eventually { access(scratch.path + "/in/g20", F_OK) == 0 })
        try directory.empty()
        #expect(try directory.names() == [])
        #expect(rmdir(scratch.path + "/in") == 0)
        await writer.terminate()
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"))
    func `the content of another owner's directory is left alone`() throws {
        mkdir(scratch.path + "/in/others", 0o700)
        close(try Descriptors.create(scratch.path + "/in/others/file"))
        #expect(chown(scratch.path + "/in", 65534, 65534) == 0)
        #expect(throws: HostError.systemCall("rmdir", on: scratch.path + "/in/others", errno: ENOTEMPTY)) {
            try directory.empty()
        }
        #expect(access(scratch.path + "/in/others/file", F_OK) == 0)
    }
}
