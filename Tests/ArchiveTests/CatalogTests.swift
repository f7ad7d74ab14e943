import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct CatalogTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    /// Publishes a set with a data file of three bytes.
    private func publish(_ name: String, at seconds: Double, volumeUUID: String = "mine") throws {
        let set = try PartialSet(try SetName(name), in: directory.path, run: name)
        try set.create()
        _ = try [1, 2, 3].withUnsafeBytes {
            try set.write(UnsafeRawBufferPointer(rebasing: $0.prefix(3)), to: "data.tar.zst")
        }
        var sample = Manifest.sample(run: name, at: seconds)
        sample.volume?.uuid = volumeUUID
        let manifest = try ManifestFile.encode(sample)
        _ = try manifest.withUnsafeBytes { try set.write($0, to: ManifestFile.name) }
        #expect(try set.publish() == nil)
    }

    @Test func `sets are listed newest first, foreign things apart`() async throws {
        try publish("old", at: 1000)
        try publish("new", at: 3000)
        try publish("middle", at: 2000)
        try await shell(
            "mkdir photos; echo x > notes; mkdir bad; echo '{' > bad/manifest.json; ln -s new latest; mkdir .x.partial",
            in: directory.path
        )
        let catalog = try await Catalog.read(directory.path)
        #expect(catalog.sets.map(\.name) == ["new", "middle", "old"])
        #expect(catalog.sets.allSatisfy { $0.fault == nil })
        #expect(catalog.foreign.map(\.name) == ["bad", "latest", "notes", "photos"])
        #expect(catalog.foreign.last?.reason == "there is no regular file \"manifest.json\" in it")
    }

    @Test func `a file beside a set is listed when its set is gone`() async throws {
        try publish("old", at: 1000)
        try await shell("echo x > old.sha256; echo x > gone.sha256; echo x > older; mkdir old.d", in: directory.path)
        #expect(try await SetList.read(directory.path).items.map(\.name) == ["old", "gone.sha256", "old.d", "older"])
    }

    /// The kernel tells names of different bytes apart, and Unicode takes these for the same.
    @Test func `a set whose name is another's in other bytes is foreign, and ends no run`() async throws {
        try publish("caf\u{E9}", at: 1000)
        try await shell("cp -a $(printf 'caf\\303\\251') $(printf 'cafe\\314\\201')", in: directory.path)
        let catalog = try await Catalog.read(directory.path)
        #expect(catalog.sets.count == 1)
        #expect(catalog.foreign.map(\.reason) == ["another set has the same name in other bytes"])
    }

    @Test func `manifests that do not fit into memory are passed over, and what is none takes no room`() async throws {
        for name in ["a", "b", "c"] { try publish(name, at: 1000) }
        try await shell("mkdir z; truncate -s 1K z/manifest.json", in: directory.path)
        let size = try FileStatus(of: RawPath(directory.path + "/a/manifest.json")).size
        let catalog = try Catalog(of: directory.path, room: 2 * size)
        #expect(catalog.sets.map(\.name) == ["c", "b"])
        #expect(catalog.foreign.map(\.name) == ["a", "z"])
    }

    @Test func `a set whose data is cut off or gone is listed with its fault`() async throws {
        try publish("cut", at: 1000)
        try publish("gone", at: 2000)
        try await shell("truncate -s 2 cut/data.tar.zst; rm gone/data.tar.zst", in: directory.path)
        let catalog = try await Catalog.read(directory.path)
        #expect(catalog.sets.map { $0.fault != nil } == [true, true])
        #expect(catalog.sets.last?.fault == #""data.tar.zst" has 2 bytes in place of 3"#)
    }

    @Test func `a removed set is gone, its neighbours are not`() async throws {
        try publish("old", at: 1000)
        try publish("new", at: 2000)
        let old = try #require(try await Catalog.read(directory.path).sets.last)
        try SetRemoval(destination: directory.path).remove(old)
        #expect(try memberNames(directory.path) == ["new"])
    }

    @Test func `a set with something foreign in it is not removed`() async throws {
        try publish("old", at: 1000)
        try await shell("echo mine > old/notes", in: directory.path)
        let old = try #require(try await Catalog.read(directory.path).sets.last)
        #expect(throws: ArchiveError.self) { try SetRemoval(destination: directory.path).remove(old) }
        #expect(try memberNames(directory.path("old")) == ["data.tar.zst", "manifest.json", "notes"])
    }

    @Test func `an interrupted removal is finished, one of another source is not`() async throws {
        try publish("mine", at: 1000)
        try publish("theirs", at: 1000, volumeUUID: "theirs")
        try await shell(
            "mv mine .mine.removing; rm .mine.removing/data*; mv theirs .theirs.removing; mkdir .x.removing .empty.removing; echo > .x.removing/a",
            in: directory.path
        )
        let removal = try SetRemoval(destination: directory.path)
        var source = Manifest.sample().source
        source.volumeUUID = "mine"
        let failures = try removal.finishInterrupted(of: source)
        #expect(failures.count == 1)
        #expect(try memberNames(directory.path) == [".theirs.removing", ".x.removing"])
    }
}
