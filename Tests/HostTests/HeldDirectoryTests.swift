import Glibc
import Host
import TestSupport
import Testing

@Suite struct HeldDirectoryTests {
    private let scratch: ScratchDirectory
    private let held: HeldDirectory

    init() throws {
        scratch = try ScratchDirectory()
        mkdir(scratch.path + "/held", 0o700)
        held = try HeldDirectory(scratch.path + "/held")
    }

    private func path(_ name: String) -> String { scratch.path + "/held/" + name }

    @Test func `a file is created, written, read, cut and removed`() throws {
        let file = try held.create("a")
        try file.write(Array("0123456789".utf8), at: 0)
        #expect(try held.file("a").read(from: 3, count: 4) == Array("3456".utf8))
        try file.truncate(to: 5)
        #expect(try held.file("a").read(limit: 5) == Array("01234".utf8))
        #expect(throws: HostError.malformed(path("a"), reason: "it is longer than 4 bytes")) {
            try held.file("a").read(limit: 4)
        }
        try held.remove("a")
        #expect(try held.status(of: "a") == nil)
        try held.remove("a")
    }

    @Test func `acts reach the held directory, also after its path has changed`() throws {
        #expect(rename(scratch.path + "/held", scratch.path + "/moved") == 0)
        #expect(symlink("/etc", scratch.path + "/held") == 0)
        _ = try held.create("mine")
        #expect(access(scratch.path + "/moved/mine", F_OK) == 0)
        #expect(try held.names() == ["mine"])
    }

    @Test func `members of any name are listed and removed`() throws {
        let odd = FileName(bytes: [0xFF, 0x0A, 0x20])
        _ = try held.create(odd)
        _ = try held.createDirectory("sub").create("inner")
        #expect(try held.names() == ["sub", odd])
        #expect(odd.text == nil)
        try held.remove(odd)
        try held.remove("sub/inner")
        try held.removeDirectory("sub")
        #expect(try held.names() == [])
    }

    static let leadingOut = ["link", "linked/passwd", "../outside", "/etc/passwd", "linked", "chain"]

    @Test(arguments: leadingOut)
    func `no path leads out of the directory`(name: String) throws {
        symlink("/etc/passwd", path("link"))
        symlink("/etc", path("linked"))
        symlink("link", path("chain"))
        try close(Descriptors.create(scratch.path + "/outside"))
        let name = FileName(name)
        #expect(throws: HostError.self) { try held.file(name) }
        #expect(throws: HostError.self) { try held.file(name, forWriting: true) }
        #expect(throws: HostError.self) { try held.directory(name) }
        #expect(throws: HostError.self) { try held.create(name) }
        #expect(throws: HostError.self) { try held.createDirectory(name) }
        if name.bytes.contains(UInt8(ascii: "/")) { #expect(throws: HostError.self) { try held.remove(name) } }
    }

    @Test func `a link is removed and read as itself`() throws {
        symlink("/etc/passwd", path("link"))
        #expect(try held.status(of: "link")?.kind == .link)
        #expect(try held.target(of: "link") == "/etc/passwd")
        try held.remove("link")
        #expect(access("/etc/passwd", F_OK) == 0)
        #expect(try held.names() == [])
    }

    /// Opening a FIFO without a partner waits for ever where it is opened to block.
    @Test(.timeLimit(.minutes(1)), arguments: [FileStatus.Kind.fifo, .socket, .device])
    func `special files are neither opened nor waited for`(kind: FileStatus.Kind) throws {
        let modes: [FileStatus.Kind: UInt32] = [.fifo: UInt32(S_IFIFO), .socket: UInt32(S_IFSOCK)]
        // /dev/null's numbers; only root makes device nodes.
        let isMade = mknod(path("special"), (modes[kind] ?? UInt32(S_IFCHR)) | 0o666, kind == .device ? 0x103 : 0) == 0
        guard isMade else {
            #expect(kind == .device && geteuid() != 0)
            return
        }
        #expect(try held.status(of: "special")?.kind == kind)
        let refusal = HostError.malformed(path("special"), reason: "it is not a regular file")
        #expect(throws: refusal) { try held.file("special") }
        #expect(throws: refusal) { try held.file("special", forWriting: true) }
        #expect(throws: refusal) { try HeldFile(path("special")) }
        #expect(throws: HostError.self) { try held.directory("special") }
        try held.remove("special")
    }

    @Test func `a reader that opens a FIFO would be seen by its writer, and is not`() throws {
        #expect(mkfifo(path("fifo"), 0o600) == 0)
        #expect(throws: HostError.self) { try held.file("fifo") }
        // ENXIO: no reader has it open.
        #expect(open(path("fifo"), O_WRONLY | O_NONBLOCK) < 0 && errno == ENXIO)
    }
}
