import Glibc
import Host
import TestSupport
import Testing

/// The place of a file that the operator names, in a directory of another user's.
@Suite(.enabled(if: geteuid() == 0, "needs root")) struct FilePlaceTests {
    private let scratch: ScratchDirectory
    private let target: String

    init() throws {
        scratch = try ScratchDirectory()
        chmod(scratch.path, 0o755)
        target = scratch.path + "/roots"
        for name in ["roots", "foreign", "foreign/own"] { mkdir(scratch.path + "/" + name, 0o755) }
        for name in ["foreign", "foreign/own"] { chown(scratch.path + "/" + name, 65534, 65534) }
        symlink(target, scratch.path + "/foreign/link")
        symlink(target, scratch.path + "/link")
    }

    private func names(_ directory: String) throws -> [String] { try listDirectory(scratch.path + "/" + directory) }

    @Test(arguments: ["foreign/link/file", "foreign/link/../file"])
    func `a link of others on the way is not followed`(path: String) async throws {
        #expect(throws: HostError.self) { try FilePlace("\(scratch.path)/\(path)").write([1], mode: 0o600) }
        await #expect(throws: HostError.self) {
            try await Pipeline([Command("echo", ["text"])], output: "\(scratch.path)/\(path)").run(by: .system) { _ in }
        }
        #expect(try names("roots") == [])
    }

    /// The mode shows the rights of others as those of root's group then.
    @Test(arguments: ["u:65534:rwx", "g:65534:rwx", "u:65534:rx"])
    func `a link in a directory of root's that others may write to by an access control list is not followed`(
        entry: String
    ) async throws {
        let place = scratch.path + "/listed"
        mkdir(place, 0o755)
        symlink(target, place + "/link")
        try FilePlace(place + "/link/file").write([1], mode: 0o600)
        // A host or file system without such lists has no such directory either.
        let command = Command("setfacl", ["-m", entry, place])
        guard (try? await Commands.system.checked(command)) != nil else { return }
        guard entry.contains("w") else { return try FilePlace(place + "/link/file").write([1], mode: 0o600) }
        #expect(throws: HostError.self) { try FilePlace(place + "/link/file").write([1], mode: 0o600) }
    }

    @Test(arguments: ["foreign/own/file", "link/file", "roots/file"])
    func `a file is written whole`(path: String) async throws {
        let path = "\(scratch.path)/\(path)"
        try FilePlace(path).write(Array("one\n".utf8), mode: 0o640)
        #expect(try FileIdentity(of: path).mode & 0o7777 == 0o640)
        let pipeline = Pipeline([Command("echo", ["two"])], output: path)
        _ = try await pipeline.run(by: .system) { _ in }
        #expect(try readFile(path) == Array("two\n".utf8))
        #expect(try FileIdentity(of: path).mode & 0o7777 == 0o600)
        await #expect(throws: CancellationError.self) {
            try await pipeline.run(by: .system) { _ in throw CancellationError() }
        }
        #expect(try listDirectory(String(path.dropLast("/file".count))) == ["file"])
    }

    @Test(arguments: ["link", "fifo", "second"]) func `a member of that name is replaced, not written to`(kind: String)
        throws
    {
        let (path, victim) = (scratch.path + "/foreign/file", target + "/victim")
        close(try Descriptors.create(victim, text: "old"))
        switch kind {
        case "link": symlink(victim, path)
        case "fifo": mkfifo(path, 0o666)
        default: link(victim, path)
        }
        try FilePlace(path).write(Array("new".utf8), mode: 0o600)
        #expect(try readFile(path) == Array("new".utf8))
        #expect(try readFile(victim) == Array("old".utf8))
    }

    @Test(arguments: ["", "/", "directory/", ".", "..", "/tmp/.."]) func `a path that is no file's is refused`(
        path: String
    ) {
        #expect(throws: HostError.self) { try FilePlace(path) }
    }
}
