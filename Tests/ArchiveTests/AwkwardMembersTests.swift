import Glibc
import TestSupport
import Testing

@testable import Archive

@Suite struct AwkwardMembersTests {
    private let directory: ScratchDirectory
    private let source: String

    init() async throws {
        directory = try ScratchDirectory()
        source = try directory.directory("source")
        try await AwkwardTree.make(in: source)
    }

    /// Tools that unpack into the current directory what comes on standard input.
    static let readers = [
        "zstd -qdc | tar --xattrs --xattrs-include='*' --acls --numeric-owner -xpf -",
        "bsdtar -xpf - --numeric-owner",
    ]

    @Test(arguments: readers)
    func `another tool unpacks the tree that was packed`(reader: String) async throws {
        let packed = directory.path("data.tar.zst")
        try await archive(source, to: packed)
        let target = try directory.directory("target")
        try await shell("cat '\(packed)' | \(reader)", in: target)
        let different = try await difference(source, target)
        #expect(different == [])
    }

    @Test(arguments: readers)
    func `a file of more than 8 GiB comes back with its holes`(reader: String) async throws {
        let large = try directory.directory("huge")
        let target = try directory.directory("target")
        let packed = directory.path("data.tar.zst")
        try await shell(
            "truncate -s 9G huge; printf end | dd of=huge bs=1 seek=9663676413 conv=notrunc status=none",
            in: large
        )
        try await archive(large, to: packed)
        try await shell("cat '\(packed)' | \(reader)", in: target)
        let different = try await difference(large, target)
        #expect(different == [])
    }

    @Test func `a file with more holes than are kept in memory comes back`() async throws {
        let holes = try directory.directory("holes")
        let target = try directory.directory("target")
        let packed = directory.path("data.tar.zst")
        try await onOwnThread {
            let file = open(holes + "/file", O_WRONLY | O_CREAT, 0o600)
            defer { close(file) }
            for page in 0..<70_000 { pwrite(file, "x", 1, off_t(page * 16_384)) }
            ftruncate(file, 70_000 * 16_384)
        }
        try await archive(holes, to: packed)
        try await shell("tar --zstd -xpf '\(packed)'", in: target)
        let different = try await difference(holes, target)
        #expect(different == [])
    }

    @Test func `GNU tar finds no difference to the tree`() async throws {
        let packed = directory.path("data.tar.zst")
        try await archive(source, to: packed)
        let complaints = try await shell("tar --zstd --xattrs --acls -df '\(packed)' || true", in: source)
        // The standard's mark of a name that is not UTF-8, which bsdtar needs and GNU tar can do without.
        #expect(complaints.split(separator: "\n").filter { !$0.hasSuffix("keyword 'hdrcharset'") } == [])
    }

    @Test(arguments: [Compression.zstd(level: 3), .gzip(level: 1), .none])
    func `every compression wraps the same tar file`(compression: Compression) async throws {
        let tar = directory.path("data.tar")
        let packed = directory.path(compression.fileName + "-2")
        try await archive(source, to: tar, .none)
        try await archive(source, to: packed, compression)
        let unpack =
            switch compression {
            case .zstd: "zstd -dc"
            case .gzip: "gzip -dc"
            case .none: "cat"
            }
        try await shell("\(unpack) < '\(packed)' | cmp - '\(tar)'")
    }

    @Test(arguments: ["tar --format=pax -S --xattrs --acls -cf", "bsdtar --format=pax -cf"])
    func `a tree that went through another tool's archive gives the same archive again`(writer: String) async throws {
        let target = try directory.directory("target")
        let foreign = directory.path("foreign.tar")
        try await shell("\(writer) '\(foreign)' --exclude lost+found --exclude socket .", in: source)
        try await shell("tar --xattrs --xattrs-include='*' --acls --numeric-owner -xpf '\(foreign)'", in: target)
        try await archive(source, to: directory.path("first.tar"), .none)
        try await archive(target, to: directory.path("second.tar"), .none)
        let first = try TarContents(of: directory.path("first.tar")).members
        let second = try TarContents(of: directory.path("second.tar")).members
        // bsdtar gives a directory before all of what it holds, so its time is not restored.
        #expect(second.filter { !first.contains($0) && $0.type != 0x35 } == [])
        #expect(second.count == first.count)
        #expect(first.count > 35)
    }

    @Test(arguments: ["tar --format=pax -S --xattrs --acls -cf", "bsdtar --format=pax --no-mac-metadata -cf"])
    func `the members are those that another tool writes`(writer: String) async throws {
        let foreign = directory.path("foreign.tar")
        try await shell("\(writer) '\(foreign)' --exclude lost+found --exclude socket .", in: source)
        try await archive(source, to: directory.path("ours.tar"), .none)
        let ours = Set(try TarContents(of: directory.path("ours.tar")).summaries)
        let theirs = Set(try TarContents(of: foreign).summaries)
        #expect(ours.subtracting(theirs) == [])
        #expect(theirs.subtracting(ours) == [])
    }

    @Test func `device nodes and large owner ids need root, and are in the tree here`() throws {
        let names = try memberNames(source)
        #expect(names.contains("character") == AwkwardTree.isRoot)
        #expect(names.contains("foreign") == AwkwardTree.isRoot)
    }

    @Test func `members that tar cannot hold are counted`() async throws {
        let summary = try await archive(source, to: directory.path("data.tar"), .none)
        #expect(summary.leftOut.sockets == 1)
        #expect(summary.leftOut.examples == ["./socket"])
    }
}
