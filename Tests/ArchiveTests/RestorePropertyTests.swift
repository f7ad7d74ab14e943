import Lifecycle
import Testing

@testable import Archive

/// Backups of random trees, restored as a whole and in part.
@Suite struct RestorePropertyTests {
    private static let compressions: [Compression] = [.standard, .zstd(level: 1), .gzip(level: 1), .none]

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A set of a random tree.
    ///
    /// The target's own time changes while it is filled, so it is not compared.
    private func set(_ seed: UInt64) async throws -> (tree: RandomData, data: String, place: SetPlace) {
        var fixture = try await ArchiveFixture(directory)
        try await shell("rm ibdata1", in: fixture.data)
        let data = fixture.data
        let tree = try await onOwnThread { try RandomData(in: data, seed: seed) }
        fixture.archive.compression = Self.compressions[Int(seed) % Self.compressions.count]
        let outcome = await fixture.run()
        if let failure = outcome.failure { throw failure }
        return (tree, data, SetPlace(destination: fixture.backups, name: fixture.runID))
    }

    @Test(arguments: Array(1...32) as [UInt64])
    func `a restored random tree equals the backed-up one`(seed: UInt64) async throws {
        let (tree, data, place) = try await set(seed)
        let target = try directory.directory("target")
        let report = try await restore(place, to: target, threads: Int(seed % 5) + 1)
        let different = Set(try await Self.listing(data)).symmetricDifference(try await Self.listing(target))
        #expect(different.count == 0, "\(different.sorted().prefix(6))")
        #expect(report.leftOut == [])
        #expect(report.members == tree.members.count + 1)
    }

    /// Each member but the top with its kind, mode, owner, size, time and target; each file with its checksum; the names of
    /// each file that has several.
    private static func listing(_ path: String) async throws -> [String] {
        let script = #"""
            find . -mindepth 1 \( -type d -printf '%p %y %m %U:%G %T@\0' -o -type l -printf '%p %y %U:%G %n %l\0' \
              -o -printf '%p %y %m %U:%G %n %s %T@\0' \) | LC_ALL=C sort -z
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum -bz
            """#
        let members = try await shell(script, in: path).split(separator: "\0").map(String.init)
        let links = try await shell("find . ! -type d -links +1 -printf '%i %p\\0' | LC_ALL=C sort -z", in: path)
        var names: [Substring: [Substring]] = [:]
        for line in links.split(separator: "\0") {
            let parts = line.split(separator: " ", maxSplits: 1)
            names[parts[0], default: []].append(parts[1])
        }
        return members + names.values.map { "one file: \($0.sorted())" }
    }
}
