import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// The destination belongs to another user.
///
/// That user renames and replaces its members while root works there.
@Suite struct ForeignDestinationTests {
    private let directory: ScratchDirectory
    private let destination: String
    /// Holds a file of root's, which has to stay.
    private let canary: String

    init() throws {
        directory = try ScratchDirectory()
        destination = try directory.directory("backups")
        canary = try directory.directory("canary")
        try directory.write("root's", to: "canary/data.tar.zst")
    }

    @Test(.enabled(if: AwkwardTree.isRoot, "another user's directory needs root"))
    func `a link of another user does not lead to the destination`() async throws {
        try await shell("mkdir others; ln -s ../backups others/link; chown -hR 65534 others", in: directory.path("."))
        let link = directory.path("others/link")
        #expect(throws: ArchiveError.self) { try DestinationDirectory(link) }
        await #expect(throws: ArchiveError.self) { try await SetList.read(link) }
        try await shell("chown -hR 0:0 others", in: directory.path("."))
        #expect(try DestinationDirectory(link).names().isEmpty)
        try await shell("chmod 777 others", in: directory.path("."))
        #expect(throws: ArchiveError.self) { try DestinationDirectory(link) }
        try await shell("chmod 1777 others", in: directory.path("."))
        #expect(try DestinationDirectory(link).names().isEmpty)
    }

    private func partialSet() throws -> PartialSet {
        let set = try PartialSet(SetName("daily"), in: destination, run: "r1")
        try set.create()
        _ = try write([1, 2, 3], to: "data.tar.zst", of: set)
        return set
    }

    private func write(_ bytes: [UInt8], to name: String, of set: PartialSet) throws -> ArchiveDetails.Part {
        try bytes.withUnsafeBytes { try set.write($0, to: name) }
    }

    private func publish() throws -> PartialSet {
        let set = try partialSet()
        var manifest = Manifest.sample(run: "daily", at: 1000)
        manifest.archive?.parts = [ArchiveDetails.Part(name: "data.tar.zst", bytes: 3, xxh3: "")]
        _ = try write(try ManifestFile.encode(manifest), to: ManifestFile.name, of: set)
        #expect(try set.publish() == nil)
        return set
    }

    private static let replacements = [
        "a link": "ln -s ../canary .daily.r1.partial",
        "another directory": "cp -r ../canary .daily.r1.partial",
        "an older set": "mkdir .daily.r1.partial; echo older > .daily.r1.partial/data.tar.zst",
        "a file": "echo > .daily.r1.partial",
    ]

    @Test(arguments: replacements.keys.sorted())
    func `a partial set that was replaced is not published, and not removed`(kind: String) async throws {
        let set = try partialSet()
        let command = try #require(Self.replacements[kind])
        try await shell("mv .daily.r1.partial moved; \(command)", in: destination)
        let before = try await shell("find . ../canary | sort; cat ../canary/*", in: destination)
        #expect(throws: ArchiveError.self) { _ = try set.publish() }
        #expect(throws: ArchiveError.self) { try set.discard() }
        #expect(try await shell("find . ../canary | sort; cat ../canary/*", in: destination) == before)
    }

    @Test func `files go into the directory that was made, not into the one in its place`() async throws {
        let set = try partialSet()
        try await shell("mv .daily.r1.partial moved; ln -s ../canary .daily.r1.partial", in: destination)
        _ = try write([4], to: "index.jsonl", of: set)
        #expect(try memberNames(canary) == ["data.tar.zst"])
        #expect(try memberNames(destination + "/moved") == ["data.tar.zst", "index.jsonl"])
    }

    @Test(arguments: [
        "truncate -s 2 data.tar.zst", "rm data.tar.zst", "rm data.tar.zst; ln -s ../../canary/data.tar.zst .",
    ])
    func `a set whose archive was changed is not published`(change: String) async throws {
        let set = try partialSet()
        try await shell(change, in: set.path)
        let found = try PartialSet(SetName("daily"), in: destination, at: set.path)
        #expect(throws: ArchiveError.self) {
            try found.check([ArchiveDetails.Part(name: "data.tar.zst", bytes: 3, xxh3: "")])
        }
    }

    @Test(arguments: [
        "ln -s ../canary daily", "cp -r ../canary daily",
        "mkdir daily; cp moved/manifest.json daily; echo > daily/more",
    ])
    func `a set that was replaced after it was listed is not removed`(replacement: String) async throws {
        _ = try publish()
        let entry = try #require(try await Catalog.read(destination).sets.first)
        try await shell("mv daily moved; \(replacement)", in: destination)
        let before = try await shell("find . ../canary | sort", in: destination)
        #expect(throws: ArchiveError.self) { try SetRemoval(destination: destination).remove(entry) }
        #expect(try await shell("find . ../canary | sort", in: destination) == before)
    }

    @Test func `an interrupted removal that was forged removes nothing`() async throws {
        _ = try publish()
        try await shell(
            "cp daily/manifest.json ../canary; mv daily .a.removing; echo > .a.removing/foreign; ln -s ../canary .b.removing",
            in: destination
        )
        let source = Manifest.sample(run: "daily", at: 1000).source
        #expect(try SetRemoval(destination: destination).finishInterrupted(of: source).count == 2)
        #expect(try memberNames(canary) == ["data.tar.zst", "manifest.json"])
        #expect(try memberNames(destination + "/.a.removing") == ["data.tar.zst", "foreign", "manifest.json"])
    }

    @Test func `of interrupted removals only so many bytes of manifests are read`() async throws {
        _ = try publish()
        try await shell(
            "mv daily .a.removing; cp -r .a.removing .b.removing; cp -r .a.removing .c.removing",
            in: destination
        )
        let size = try await shell("stat -c %s .a.removing/manifest.json", in: destination)
        let room = try #require(Int64(size.trimmingPrefix { $0 == " " }.prefix { $0.isNumber })) * 2 - 1
        let source = Manifest.sample(run: "daily", at: 1000).source
        let failures = try SetRemoval(destination: destination).finishInterrupted(of: source, room: room)
        #expect(failures.count == 1)
        #expect(try memberNames(destination).filter { $0.hasSuffix(".removing") } == [".b.removing", ".c.removing"])
        #expect(try SetRemoval(destination: destination).finishInterrupted(of: source).isEmpty)
        #expect(try memberNames(destination).allSatisfy { !$0.hasSuffix(".removing") })
    }

    @Test func `an interrupted removal exchanged all the time for a link never leads elsewhere`() async throws {
        _ = try publish()
        try await shell("cp daily/manifest.json ../canary; mv daily set; ln -s ../canary link", in: destination)
        // 316: renameat2; 2: RENAME_EXCHANGE. After a removal, the name is made anew.
        let exchanging = #"""
            perl -e 'my ($set, $link) = (".x.removing", "link");
            for (1..100000) { syscall(316, -100, $set, -100, $link, 2) == 0 or -e $set or system("cp", "-r", "set", $set) }'
            """#
        async let exchanged = shell(exchanging, in: destination)
        let source = Manifest.sample(run: "daily", at: 1000).source
        for _ in 1...300 { _ = try SetRemoval(destination: destination).finishInterrupted(of: source) }
        _ = try await exchanged
        #expect(try memberNames(canary) == ["data.tar.zst", "manifest.json"])
    }
}
