import Glibc
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct SetTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func set(_ name: String) throws -> PartialSet {
        try PartialSet(SetName(name), in: directory.path, run: "r1")
    }

    @Test(arguments: ["", ".hidden", "..", "a/b", "/", "line\nbreak", String(repeating: "n", count: 181)])
    func `a name that cannot be a set's is refused`(name: String) {
        #expect(throws: ArchiveError.self) { try SetName(name) }
    }

    @Test func `only its owner can read a partial set, with any umask`() async throws {
        let modes = try await shell("umask 0777; stat -c '%a' .", in: directory.path)
        #expect(modes == "700\n")
        let set = try set("daily")
        try set.create()
        _ = try set.write(UnsafeRawBufferPointer(start: nil, count: 0), to: "manifest.json")
        let listing = try await shell("stat -c '%a %n' . manifest.json", in: set.path)
        #expect(listing == "700 .\n600 manifest.json\n")
        #expect(set.path == directory.path(".daily.r1.partial"))
    }

    @Test func `publishing makes the name appear, and the release has nothing left to do`() async throws {
        let set = try set("r1")
        try set.create()
        #expect(try set.publish() == nil)
        try await set.release.handler?()
        #expect(try memberNames(directory.path) == ["r1"])
        #expect(set.path == directory.path(".r1.partial"))
    }

    @Test func `a set stands although its name could not be brought to the disk`() throws {
        let set = try set("r1")
        try set.create()
        let failure = ArchiveError.unwritable(path: directory.path, errno: EIO)
        let doubt = try set.publish { path, _ throws(ArchiveError) in if path == directory.path { throw failure } }
        #expect(doubt == failure)
        #expect(try memberNames(directory.path) == ["r1"])
    }

    @Test func `a set whose content could not be brought to the disk gets no name`() throws {
        let set = try set("r1")
        try set.create()
        let failure = ArchiveError.unwritable(path: set.path, errno: EIO)
        #expect(throws: failure) {
            _ = try set.publish { path, _ throws(ArchiveError) in if path == set.path { throw failure } }
        }
        #expect(try memberNames(directory.path) == [".r1.partial"])
    }

    @Test func `a name that exists is never replaced`() throws {
        let first = try set("daily")
        try first.create()
        _ = try directory.directory("daily")
        #expect(throws: ArchiveError.exists(path: directory.path("daily"))) { _ = try first.publish() }
        #expect(throws: ArchiveError.exists(path: directory.path("daily"))) { try self.set("daily").create() }
    }

    @Test(arguments: ["mkdir .daily.r1.partial", "ln -s /etc .daily.r1.partial", "touch .daily.r1.partial"])
    func `a file in a partial set's place is not adopted`(leftover: String) async throws {
        try await shell(leftover, in: directory.path)
        let path = directory.path(".daily.r1.partial")
        #expect(throws: ArchiveError.foreignPartial(path: path, why: "it was there before")) {
            try self.set("daily").create()
        }
    }

    @Test func `the release removes what was written`() async throws {
        let set = try set("daily")
        try set.create()
        _ = try set.makeFile("data.tar")
        try await set.release.handler?()
        #expect(try memberNames(directory.path) == [])
    }

    @Test func `the data form of the release removes it, too`() async throws {
        let set = try set("it's")
        try set.create()
        _ = try set.makeFile("data.tar")
        try await runUndo(set)
        #expect(try memberNames(directory.path) == [])
        // Once more, as after a crash between the removal and the end of the record.
        try await runUndo(set)
    }

    @Test func `its undo is right only where the destination is the same directory`() async throws {
        let destination = try directory.directory("backups")
        let set = try PartialSet(SetName("daily"), in: destination, run: "r1")
        #expect(set.condition.directory == destination + "/.")
        #expect(try await shell("stat -c %i '\(destination)'") == "\(set.condition.inode)\n")
        #expect(set.condition.fileSystem == FileSystemIdentity.text(of: directory.path))
    }

    @Test func `a file system is told by its kind, and by its UUID where it has one`() throws {
        let here = try #require(FileSystemIdentity.text(of: directory.path))
        #expect(FileSystemIdentity.text(of: "/proc") == "9fa0")
        #expect(here != "9fa0")
        #expect(FileSystemIdentity.text(of: directory.path + "/none") == nil)
    }

    private func runUndo(_ set: PartialSet) async throws {
        guard case .exec(let words) = set.undo else {
            throw ToolFailed(command: "undo", output: "it is no command")
        }
        try await shell(words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " "))
    }

    @Test func `discarding never goes through a link or into a directory`() async throws {
        let set = try set("daily")
        try set.create()
        try await shell(
            "mkdir ../kept; touch ../kept/file; ln -s ../kept link; mkdir sub; touch sub/file",
            in: set.path
        )
        #expect(throws: ArchiveError.self) { try set.discard() }
        #expect(try memberNames(directory.path("kept")) == ["file"])
        #expect(try memberNames(set.path + "/sub") == ["file"])
    }
}
