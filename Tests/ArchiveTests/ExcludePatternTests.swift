import TestSupport
import Testing

@testable import Archive

@Suite struct ExcludePatternTests {
    @Test(arguments: [
        ("*.tmp", "a.tmp", true), ("*.tmp", "db/a.tmp", true), ("*.tmp", "db/a.tmp2", false),
        ("/*.tmp", "a.tmp", true), ("/*.tmp", "db/a.tmp", false),
        ("/db/*", "db/t.ibd", true), ("/db/*", "db/sub/t.ibd", false), ("/db/**", "db/sub/t.ibd", true),
        ("db/t.ibd", "x/db/t.ibd", true), ("db/t.ibd", "xdb/t.ibd", false),
        ("**/t.ibd", "t.ibd", true), ("**/t.ibd", "a/b/t.ibd", true), ("/a/**/z", "a/z", true),
        ("/a/**/z", "a/b/c/z", true),
        ("bin.0?", "bin.01", true), ("bin.0?", "bin.0", false), ("a?b", "a/b", false), ("a[!x]b", "a/b", false),
        ("log.[0-9]", "log.7", true), ("log.[!0-9]", "log.7", false), ("log.[]x]", "log.]", true),
        ("log.[a-]", "log.-", true),
        (#"star\*"#, "star*", true), (#"star\*"#, "starfish", false),
        ("*", "anything", true), ("a*b*c", "aXbYc", true), ("a*b*c", "aXbY", false),
    ])
    func `a pattern matches as documented`(pattern: String, path: String, matches: Bool) throws {
        let patterns = try ExcludePatterns([pattern])
        #expect(patterns.match(Array(path.utf8), isDirectory: false) == matches)
    }

    /// Every star may stand for every part: tried one after the other, that takes longer than the world is old.
    @Test(.timeLimit(.minutes(1)), arguments: ["*", "**", "**/"])
    func `many stars take no longer than few`(star: String) throws {
        let pattern = Array(repeating: star, count: 60).joined(separator: star == "**/" ? "" : "a")
        let patterns = try ExcludePatterns([pattern + "b"])
        let path = Array(repeating: UInt8(ascii: "a"), count: 600)
        #expect(!patterns.match(path, isDirectory: false))
        #expect(patterns.match(path + [UInt8(ascii: "b")], isDirectory: false) == (star != "**/"))
    }

    @Test func `a trailing slash matches directories only`() throws {
        let patterns = try ExcludePatterns(["cache/"])
        #expect(patterns.match(Array("cache".utf8), isDirectory: true))
        #expect(!patterns.match(Array("cache".utf8), isDirectory: false))
    }

    @Test(arguments: ["", "/", "a[b", #"a\"#, "a\u{0}b"])
    func `a pattern that makes no sense is refused`(pattern: String) {
        #expect(throws: ArchiveError.self) { try ExcludePatterns([pattern]) }
    }

    @Test func `a directory that matches is left out with what is below, links to what is left out are files`()
        async throws
    {
        let directory = try ScratchDirectory()
        let source = try directory.directory("source")
        try await shell(
            "mkdir -p a/cache b; echo 1 > a/cache/x; echo 2 > b/keep; ln a/cache/x b/x; echo 3 > b/cache",
            in: source
        )
        let summary = try await archive(source, to: directory.path("data.tar"), .none, excludes: ["cache/"])
        let names = try await shell(
            "tar -tf '\(directory.path("data.tar"))' | sort; tar -xOf '\(directory.path("data.tar"))' ./b/x"
        )
        #expect(names == "./\n./a/\n./b/\n./b/cache\n./b/keep\n./b/x\n1\n")
        #expect(summary.leftOut.excluded == 1)
    }
}
