import Foundation
import Glibc
import TestSupport
import Testing

@testable import Archive

@Suite struct HostileArchiveTests {
    private let directory: ScratchDirectory
    private let target: String

    init() throws {
        directory = try ScratchDirectory()
        target = try directory.directory("target")
        try directory.write("untouched", to: "victim")
    }

    private func restored(_ tar: HandmadeTar) async throws -> RestoreReport {
        let path = directory.path("hostile.tar")
        try tar.write(to: path)
        return try await restoreStream(path, to: target)
    }

    private var victim: String {
        get throws { try String(contentsOf: URL(filePath: directory.path("victim")), encoding: .utf8) }
    }

    @Test(arguments: ["../victim", "./a/../../victim", "a/..", "/tmp/lvmbackup-absolute", ".."])
    func `a name that leads out of the target is refused`(name: String) async throws {
        let tar = HandmadeTar()
        tar.add(name, content: Array("bad".utf8))
        await #expect(throws: ReadError.self) { try await restored(tar) }
        #expect(try victim == "untouched")
        #expect(try memberNames(target).contains(".lvmbackup-incomplete"))
    }

    @Test func `a name in pax records is checked like any other`() async throws {
        let tar = HandmadeTar()
        tar.add("harmless", records: [("path", "../victim")], content: Array("bad".utf8))
        await #expect(throws: ReadError.self) { try await restored(tar) }
        #expect(try victim == "untouched")
    }

    @Test(arguments: ["..", "../victim", "/", "/etc", "a/../../victim"])
    func `a symbolic link that leads outside is left out, and no member goes through its place`(link: String)
        async throws
    {
        let tar = HandmadeTar()
        tar.add("link", .symbolicLink, link: link)
        tar.add("link/victim", content: Array("bad".utf8))
        let report = try await restored(tar)
        #expect(report.leftOutCount == 1)
        #expect(try victim == "untouched")
        #expect(try FileStatus(of: RawPath(target + "/link")).isDirectory)
    }

    /// A link upwards, and a second link that goes on upwards from its target.
    @Test func `symbolic links that lead outside together are left out`() async throws {
        let tar = HandmadeTar()
        tar.add("a/b/c/", .directory)
        tar.add("a/b/c/top", .symbolicLink, link: "../../..")
        tar.add("file", .symbolicLink, link: "a/b/c/top/../victim")
        tar.add("directory", .symbolicLink, link: "a/b/c/top/../../..")
        tar.add("same", .symbolicLink, link: "./a/b/c/top")
        #expect(try await restored(tar).leftOutCount == 2)
        #expect(try memberNames(target) == ["a", "same"])
    }

    @Test func `a hard link to a symbolic link that leads outside from there is left out`() async throws {
        let tar = HandmadeTar()
        tar.add("a/b/", .directory)
        tar.add("a/b/up", .symbolicLink, link: "../../victim")
        tar.add("out", .hardLink, link: "a/b/up")
        tar.add("a/in", .symbolicLink, link: "b")
        tar.add("a/b/same", .hardLink, link: "a/in")
        #expect(try await restored(tar).leftOutCount == 1)
        #expect(try memberNames(target) == ["a"])
        #expect(try memberNames(target + "/a/b") == ["same", "up"])
    }

    @Test(arguments: [UstarHeader.TypeFlag.symbolicLink, .hardLink, .fifo, .file, .directory])
    func `a member cannot take the marker's place`(type: UstarHeader.TypeFlag) async throws {
        let tar = HandmadeTar()
        tar.add("file", content: [1])
        tar.add(".lvmbackup-incomplete", type, link: "file")
        await #expect(throws: ReadError.self) { try await restored(tar) }
        #expect(try FileStatus(of: RawPath(target + "/.lvmbackup-incomplete")).isRegular)
    }

    /// The kernel allows names of 4096 bytes.
    @Test func `a deep tree costs no stack`() async throws {
        let tar = HandmadeTar()
        tar.add("x", records: [("path", Array(repeating: "d", count: 2000).joined(separator: "/"))], content: [1])
        _ = try await restored(tar)
        #expect(try memberNames(target) == ["d"])
        try await shell("rm -rf d", in: target)
    }

    @Test func `a member below a symbolic link is refused`() async throws {
        let tar = HandmadeTar()
        tar.add("real/", .directory)
        tar.add("link", .symbolicLink, link: "real")
        tar.add("link/file", content: Array("bad".utf8))
        await #expect(throws: ArchiveError.self) { try await restored(tar) }
        #expect(try memberNames(target + "/real") == [])
    }

    @Test func `a symbolic link that was in the target before is not followed`() async throws {
        try await shell(
            "ln -s '\(directory.path)' '\(target)/out'; ln -s '\(directory.path("victim"))' '\(target)/file'"
        )
        let tar = HandmadeTar()
        tar.add("file", content: Array("good".utf8))
        _ = try await restored(tar)
        #expect(try victim == "untouched")
        let through = HandmadeTar()
        through.add("out/victim", content: Array("bad".utf8))
        await #expect(throws: ArchiveError.self) { try await restored(through) }
        #expect(try victim == "untouched")
    }

    @Test(arguments: ["../victim", "/etc/passwd", "missing"])
    func `a hard link to something that is not in the archive is refused`(link: String) async throws {
        let tar = HandmadeTar()
        tar.add("name", .hardLink, link: link)
        await #expect(throws: (any Error).self) { try await restored(tar) }
        #expect(try !memberNames(target).contains("name"))
    }

    @Test func `devices are left out, set-user-ID and set-group-ID are taken away`() async throws {
        let tar = HandmadeTar()
        tar.add("device", .characterDevice)
        tar.add("disk", .blockDevice)
        tar.add("program", mode: 0o6755, content: [1])
        #expect(try await restored(tar).leftOutCount == 2)
        #expect(try memberNames(target) == ["program"])
        #expect(try FileStatus(of: RawPath(target + "/program")).mode & 0o7777 == 0o755)
    }

    @Test(arguments: ["9223372036854775807", "-1", "99999999999999999999", "x"])
    func `a size that no file has is refused`(size: String) async throws {
        for records in [[("size", size)], [("GNU.sparse.size", size)]] {
            let tar = HandmadeTar()
            tar.add("file", records: records)
            await #expect(throws: ReadError.self, "\(records)") { try await restored(tar) }
        }
    }

    @Test(arguments: [
        "2\n0\n512\n", "1\n512\n512\n", "1\n0\n9999999999999999999\n", "2\n0\n512\n256\n10\n", "x\n", "1\n-5\n1\n",
        "99999999\n0\n1\n", "1\n0\n",
    ])
    func `a map of holes that makes no sense is refused`(map: String) async throws {
        let text = Array(map.utf8)
        let padded = text + [UInt8](repeating: 0, count: (512 - text.count % 512) % 512)
        let tar = HandmadeTar()
        tar.add(
            "file",
            records: [
                ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "file"),
                ("GNU.sparse.realsize", "512"),
            ],
            content: padded + [UInt8](repeating: 1, count: 512)
        )
        await #expect(throws: ReadError.self) { try await restored(tar) }
    }

    /// 512 bytes, and a hole behind them.
    private func fileWithHole(ofSize size: Int64) -> HandmadeTar {
        let tar = HandmadeTar()
        let map = Array("1\n0\n512\n".utf8)
        tar.add(
            "file",
            records: [
                ("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "file"),
                ("GNU.sparse.realsize", "\(size)"),
            ],
            content: map + [UInt8](repeating: 0, count: 512 - map.count) + [UInt8](repeating: 1, count: 512)
        )
        return tar
    }

    @Test func `a large hole costs neither memory nor disk`() async throws {
        let tar = fileWithHole(ofSize: 1 << 40)
        _ = try await restored(tar)
        let status = try FileStatus(of: RawPath(target + "/file"))
        #expect(status.size == 1 << 40)
        #expect(status.allocated < 1 << 20)
    }

    /// XFS has such files, and a tablespace may be one.
    @Test func `a file of many terabytes is read`() throws {
        let tar = fileWithHole(ofSize: Extent.largestFile)
        let path = directory.path("large.tar")
        try tar.write(to: path)
        let reader = TarReader(StreamSource(try openSource(RawPath(path)), path: path))
        #expect(try reader.next()?.size == Extent.largestFile)
    }

    @Test func `twenty thousand members cost no memory`() throws {
        let before = try residentMemory
        let tally = try Unpacking(reader: TarReader(ManyMembers(20_000)), check: nil, sink: NoSink()).run()
        #expect(tally.members == 20_000)
        #expect(try residentMemory - before < 4 << 20)
    }

    /// The frame becomes 1 GiB; its index says less, the most that is allowed, or the truth.
    @Test(arguments: [1000, 64 << 20, 1 << 30])
    func `a frame that becomes more than it may is refused`(size: Int) async throws {
        let (_, place) = try await ArchiveFixture.awkwardSet(directory, .standard)
        try await shell("head -c 1G /dev/zero | zstd -q1 > data.tar.zst", in: place.path)
        let bytes = Array(try Data(contentsOf: URL(filePath: place.path + "/data.tar.zst")))
        let digest = bytes.withUnsafeBytes { "\(Hasher128.digest(of: $0))" }
        let index = """
            {"format":"lvmbackup index","version":1}
            {"frame":0,"offset":0,"length":\(bytes.count),"size":\(size),"xxh3":"\(digest)"}

            """
        try Data(index.utf8).write(to: URL(filePath: place.path + "/index.jsonl"))
        try rewriteManifest(of: place)
        let before = try residentMemory
        await #expect(throws: ReadError.self) { try await SetVerification(try await place.open(), threads: 1).run() }
        await #expect(throws: ReadError.self) { try await restore(place, to: target, threads: 1) }
        #expect(try residentMemory - before < 256 << 20)
    }

    /// Bytes of this process in memory.
    private var residentMemory: Int {
        get throws {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
        }
    }

    @Test func `an archive that is cut off anywhere is refused`() async throws {
        let source = try directory.directory("source")
        try await shell("mkdir d; echo one > d/one; seq 1 3000 > numbers", in: source)
        for compressor in ["cat", "gzip -1", "zstd -q"] {
            let whole = try await shell("tar -cf - . | \(compressor) | base64 -w0", in: source)
            let bytes = try #require(Data(base64Encoded: whole))
            // The end of a tar file is two blocks of zeros; GNU tar fills up to 10 KiB behind it.
            let longest = compressor == "cat" ? bytes.count - 10_240 : bytes.count - 1
            for length in stride(from: 0, to: longest, by: max(1, bytes.count / 60)) {
                let path = directory.path("cut.tar")
                try bytes.prefix(length).write(to: URL(filePath: path))
                await #expect(throws: ReadError.self, "\(compressor) \(length)") {
                    try await restoreStream(path, to: target)
                }
            }
        }
    }
}

/// A tar file of many empty files, which is made while it is read.
private final class ManyMembers: TarSource {
    private let header = ByteBuffer(capacity: 1024)
    private let end = ByteBuffer(capacity: 1024)
    private var left: Int

    init(_ count: Int) {
        left = count
        var file = UstarHeader()
        file.name = Array("some/name".utf8)[...]
        file.append(to: header)
        end.appendZeros(1024)
    }

    func next() -> UnsafeRawBufferPointer? {
        left -= 1
        return left >= 0 ? header.bytes : left == -1 ? end.bytes : nil
    }

    func damaged(_ why: String) -> ReadError { .damaged(path: "many members", offset: nil, why: why) }
}
