import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Archive

@Suite struct FailureTests {
    private let directory: ScratchDirectory
    private let source: String

    init() async throws {
        directory = try ScratchDirectory()
        source = try directory.directory("source")
        try await shell("head -c 20000000 /dev/urandom > large; for i in $(seq 50); do echo $i > f$i; done", in: source)
    }

    private func archiver(_ compression: Compression = .standard) throws -> Archiver {
        Archiver(
            trees: [SourceTree(root: RawPath(source), name: RawPath("./"), isDataDirectory: true)],
            excludes: try ExcludePatterns([]),
            compression: compression,
            threads: ThreadPlan(threads: 2),
            dropsBehind: false,
            endsArchive: true,
            onProgress: { _ in }
        )
    }

    /// Their zeros are part of the checksum, and would take hours.
    @Test func `holes far larger than the file system are refused with the file that is too much`() async throws {
        // Six million gibibytes: no file system of tests is larger than an eighth of that.
        try await shell("for i in $(seq 400); do truncate -s 15T hole$i; done", in: source)
        let start = ContinuousClock.now
        let error = await #expect(throws: ArchiveError.self) {
            try await archiver().write(to: output(directory.path("data")), index: nil)
        }
        guard case .unarchivable(let path, let why) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(path.hasPrefix(source + "/hole"), "\(path)")
        #expect(why.contains("holes of all files"), "\(why)")
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a full disk is an error that names the file`() async throws {
        await #expect(throws: ArchiveError.unwritable(path: "/dev/full", errno: ENOSPC)) {
            try await archiver().write(to: output("/dev/full"), index: nil)
        }
    }

    @Test func `a full disk under the index is an error, too`() async throws {
        let target = try output(directory.path("data"))
        await #expect(throws: ArchiveError.unwritable(path: "/dev/full", errno: ENOSPC)) {
            try await archiver().write(to: target, index: output("/dev/full"))
        }
    }

    @Test func `a reader that goes away is an error and no signal`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        let target = Archiver.Output(descriptor: Descriptor(ends[1]), path: "the stream")
        await #expect(throws: ArchiveError.unwritable(path: "the stream", errno: EPIPE)) {
            try await archiver().write(to: target, index: nil)
        }
    }

    @Test func `a cancelled archive ends although its pipe has no reader`() async throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let target = Archiver.Output(descriptor: Descriptor(ends[1]), path: "the stream")
        let archiver = try archiver(.none)
        let start = ContinuousClock.now
        let task = Task { try await archiver.write(to: target, index: nil) }
        try await Task.sleep(for: .milliseconds(300))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        // Three seconds on a quiet machine; without an end of its patience it would be for ever.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a cancelled archive that is not stuck ends at once`() async throws {
        try await shell("truncate -s 2T vast; for i in $(seq 2000); do head -c 20000 /dev/zero > z$i; done", in: source)
        let archiver = try archiver(.zstd(level: 9))
        let target = try output("/dev/null")
        let task = Task { try await archiver.write(to: target, index: nil) }
        task.cancel()
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) { try await task.value }
        // Hashing the hole alone would take minutes.
        #expect(ContinuousClock.now - start < .seconds(30))
    }

    @Test func `an unreadable file is named`() async throws {
        try await shell("ln -s /proc/self/mem link", in: source)
        let missing = directory.path("missing")
        var archiver = try archiver()
        archiver.trees = [SourceTree(root: RawPath(missing), name: RawPath("./"), isDataDirectory: true)]
        await #expect(throws: ArchiveError.unreadable(path: missing, offset: nil, errno: ENOENT)) {
            try await archiver.write(to: output("/dev/null"), index: nil)
        }
    }

    @Test func `a read error names the file and the byte`() throws {
        let path = RawPath("/proc/self/mem")
        let file = try openSource(path)
        #expect(throws: ArchiveError.unreadable(path: "/proc/self/mem", offset: 4096, errno: EIO)) {
            try FileReader(dropsBehind: false)
                .append(Extent(offset: 4096, length: 512), of: file, path, to: ByteBuffer(capacity: 512))
        }
    }

    @Test(arguments: [
        ("truncate -s 5 f1", "shrank to 5 bytes"), ("truncate -s 20 f1", "grew from 10 to 20 bytes"),
        ("printf 123456789 > f2; mv f2 f1", "shrank to 9 bytes"),
        ("cp f1 f2; mv f2 f1", "was replaced by another file"),
        ("touch -d 2001-01-01 f1", "was written to"),
    ])
    func `a file that changes under the reader is an error that says how`(change: String, how: String) async throws {
        let path = RawPath(source + "/f1")
        try await shell("printf 1234567890 > f1", in: source)
        let status = try FileStatus(of: path)
        let entry = Entry(
            name: RawPath("./f1"),
            source: path,
            kind: .file,
            status: status,
            ownerName: [],
            groupName: []
        )
        try await shell(change, in: source)
        #expect(throws: ArchiveError.changed(path: path.description, how: how)) {
            try FileReader(dropsBehind: false).append(entry, openSource(path), to: ByteBuffer(capacity: 4096))
        }
    }

    @Test func `progress counts up to everything there is`() async throws {
        let seen = Mutex<[ArchiveProgress]>([])
        var archiver = try archiver()
        archiver.onProgress = { progress in seen.withLock { $0.append(progress) } }
        let summary = try await archiver.write(to: output("/dev/null"), index: nil)
        let last = try #require(seen.withLock { $0.last })
        #expect(last.members == 52)
        #expect(last.members == summary.members)
        #expect(last.bytes == 20_000_000 + 141)
    }
}
