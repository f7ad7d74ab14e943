import Testing

@testable import MySQL

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct DirectoryListingTests {
    @Test func `what the directory doesn't tell is asked of the file`() throws {
        let scratch = try ScratchDirectory()
        try scratch.write([1], to: "file")
        mkdir(scratch.path + "/directory", 0o700)
        symlink(scratch.path + "/directory", scratch.path + "/link")
        let entries = ["file", "directory", "link", "gone"].map {
            DirectoryListing.Entry($0, type: Int(DT_UNKNOWN), in: scratch.path)
        }
        #expect(entries.map(\.isDirectory) == [false, true, false, false])
        #expect(entries.map(\.isLink) == [false, false, true, false])
    }

    @Test func `links are told from directories`() throws {
        let scratch = try ScratchDirectory()
        mkdir(scratch.path + "/directory", 0o700)
        symlink(scratch.path + "/directory", scratch.path + "/link")
        let entries = try DirectoryListing(of: scratch.path).entries.sorted { $0.name < $1.name }
        #expect(entries.map(\.name) == ["directory", "link"])
        #expect(entries.map(\.isDirectory) == [true, false])
        #expect(entries.map(\.isLink) == [false, true])
    }
}
