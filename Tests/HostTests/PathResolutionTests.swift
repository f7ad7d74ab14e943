import Glibc
import Host
import TestSupport
import Testing

@Suite struct PathResolutionTests {
    /// Where the kernel ends that opens a path; an error number for nowhere.
    private func kernel(_ path: String) -> (path: String?, error: Int32) {
        // O_PATH, which Glibc's module hides from Swift.
        let descriptor = open(path, 0o10000000 | O_CLOEXEC)
        guard descriptor >= 0 else { return (nil, errno) }
        defer { close(descriptor) }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return (String(decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self), 0)
    }

    @Test(arguments: 1...60)
    func `a path leads where the kernel leads it, by any links`(seed: UInt64) throws {
        let scratch = try ScratchDirectory()
        for name in ["one", "two"] { mkdir(scratch.path + "/" + name, 0o755) }
        let tree = RandomTree(in: ["one", "two"].map { scratch.path + "/" + $0 }, seed: seed)
        let view = try ProcessView()
        var ends: Set<String> = []
        for path in tree.paths + tree.paths.map({ $0 + "/" }) {
            let expected = kernel(path)
            let resolved = try view.resolve(FileName(path))
            for link in resolved.links { #expect(link.status.isLink && link.target != nil) }
            switch resolved.end {
            case .file(let file):
                #expect(file.path.description == expected.path, "\(path)")
                ends.insert("file")
            case .missing:
                #expect([ENOENT, ENOTDIR].contains(expected.error), "\(path): \(expected)")
                ends.insert("missing")
            case .looping:
                #expect(expected.error == ELOOP, "\(path): \(expected)")
                ends.insert("looping")
            case .denied: Issue.record("\(path): no access is denied here")
            }
        }
        #expect(ends.contains("file"))
    }

    @Test(arguments: [(39, true), (40, true), (41, false)])
    func `as many links are followed as the kernel follows`(count: Int, isFound: Bool) throws {
        let scratch = try ScratchDirectory()
        try close(Descriptors.create(scratch.path + "/0"))
        for number in 1...count { symlink("\(number - 1)", scratch.path + "/\(number)") }
        let path = scratch.path + "/\(count)"
        #expect((kernel(path).error == 0) == isFound)
        let resolved = try ProcessView().resolve(FileName(path))
        if case .file = resolved.end { #expect(isFound) } else { #expect(!isFound) }
        #expect(resolved.links.count == min(count, 40))
    }

    @Test func `the links on the way are told in their order`() throws {
        let scratch = try ScratchDirectory()
        mkdir(scratch.path + "/real", 0o755)
        try close(Descriptors.create(scratch.path + "/real/file"))
        symlink("real", scratch.path + "/directory")
        symlink("directory/file", scratch.path + "/first")
        let resolved = try ProcessView().resolve(FileName(scratch.path + "/first"))
        #expect(resolved.links.map(\.path.last) == ["first", "directory"])
    }

    @Test(.enabled(if: geteuid() == 0)) func `a path through another user's directory is denied to the account`() throws
    {
        let scratch = try ScratchDirectory()
        chmod(scratch.path, 0o755)
        mkdir(scratch.path + "/closed", 0o700)
        try close(Descriptors.create(scratch.path + "/closed/file"))
        symlink("closed/file", scratch.path + "/link")
        let view = try ProcessView()
        let account = Account(uid: 65534, gid: 65534, groups: [])
        let end = try account.assumed { try view.resolve(FileName(scratch.path + "/link")).end }
        guard case .denied = end else {
            Issue.record("\(end)")
            return
        }
        guard case .file = try view.resolve(FileName(scratch.path + "/link")).end else {
            Issue.record("the thread did not get its own rights back")
            return
        }
    }

    @Test func `a copy lies over its origin in the tree, and nowhere else`() throws {
        let scratch = try ScratchDirectory()
        let view = try ProcessView()
        mkdir(scratch.path + "/live", 0o755)
        let place = try view.file(scratch.path + "/live")
        let copied = scratch.path + "/copy"
        var path = copied
        mkdir(path, 0o755)
        for part in place.pathOnFileSystem.split(separator: "/") {
            path += "/\(part)"
            mkdir(path, 0o755)
        }
        symlink("new", path + "/link")
        try close(Descriptors.create(path + "/new"))
        let tree = try CopiedTree(view, origin: place.mount.device, mountPoint: copied)
        let resolved = try tree.resolve(FileName(scratch.path + "/live/link"))
        guard case .file(let file) = resolved.end else {
            Issue.record("\(resolved.end)")
            return
        }
        #expect(file.path.description == scratch.path + "/live/new")
        // Of the live files on other file systems the copy has none.
        #expect(try tree.look(at: "/proc/self") != nil)
        try tree.remove(FileName(scratch.path + "/live/link"))
        #expect(try tree.look(at: FileName(scratch.path + "/live/link")) == nil)
        #expect(throws: HostError.self) { try tree.remove("/proc/version") }
    }
}

@Suite struct LookingTests {
    @Test(.timeLimit(.minutes(1))) func `a look that never ends is left behind when the task is cancelled`()
        async throws
    {
        let began = AsyncStream.makeStream(of: Void.self)
        let look = Task {
            try await SerialThread.looking(name: "stuck") {
                began.continuation.yield()
                while true { sleep(1000) }
            }
        }
        for await _ in began.stream { break }
        look.cancel()
        await #expect(throws: CancellationError.self) { try await look.value }
    }

    @Test func `a look returns its value or throws its error`() async throws {
        #expect(try await SerialThread.looking(name: "look") { 7 } == 7)
        await #expect(throws: HostError.guardianNotReady) {
            try await SerialThread.looking(name: "look") { throw HostError.guardianNotReady }
        }
    }
}
