import Testing

@testable import Archive
@testable import CLI

@Suite struct PruneTableTests {
    private func line(_ name: String, keep: Bool, bytes: Int64 = 1 << 30, failure: String? = nil) -> Pruning.Line {
        var line = Pruning.Line(name: name, keep: keep, reason: keep ? "last" : "no rule")
        line.bytes = bytes
        line.failure = failure
        return line
    }

    @Test func `the last line counts sets and bytes`() {
        let lines = [line("c", keep: true), line("b", keep: false), line("a", keep: false, bytes: 1 << 29)]
        #expect(
            PruneTable(lines, of: "/backups", isDryRun: false).text == [
                "keep     c  last", "removed  b  no rule", "removed  a  no rule", "sets: 1 kept, 2 removed (1.5 GiB)",
            ]
        )
        #expect(
            PruneTable(lines, of: "/backups", isDryRun: true).text.last
                == "sets: 1 would be kept, 2 would be removed (1.5 GiB)"
        )
    }

    /// Manifests of another user's destination may have any.
    @Test(arguments: [
        ([Int64.max, 1], "8388608 TiB"), ([Int64.max, .max, 5], "8388608 TiB"), ([.min, -1, 1024], "1 KiB"),
    ])
    func `any sizes are counted`(sizes: [Int64], sum: String) {
        let lines = sizes.map { line("a", keep: false, bytes: $0) }
        let last = PruneTable(lines, of: "/backups", isDryRun: false).text.last
        #expect(last == "sets: 0 kept, \(sizes.count) removed (\(sum))")
    }

    @Test func `a set that could not be removed counts for itself`() {
        let lines = [line("b", keep: true), line("a", keep: false, failure: "it is open, or being read or removed")]
        #expect(
            PruneTable(lines, of: "/backups", isDryRun: false).text == [
                "keep    b  last", "FAILED  a  it is open, or being read or removed",
                "sets: 1 kept, 0 removed (0 B), 1 could not be removed",
            ]
        )
    }

    @Test func `a directory without sets is told so`() {
        #expect(PruneTable([], of: "/backups", isDryRun: true).text == ["\"/backups\" holds no backup sets"])
    }
}
