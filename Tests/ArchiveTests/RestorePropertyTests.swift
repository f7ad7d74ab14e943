import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Backups of random trees, restored as a whole and in part.
@Suite struct RestorePropertyTests {
    private static let compressions: [Compression] = [.standard, .zstd(level: 1), .gzip(level: 1), .none]

    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

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

    private static let patterns = [
        "*.ibd", "shop/", "*a*", "/ib*", "undo*", "[a-m]*", "*/*", "/*/*/*", "*e", "mysql.ibd", "ibdata?", "?*",
    ]

    @Test(arguments: Array(1...24) as [UInt64])
    func `a restored part of a random tree equals that part of the backed-up one`(seed: UInt64) async throws {
        let (tree, data, place) = try await set(seed)
        let count = UInt64(Self.patterns.count)
        let patterns = try MemberPatterns([Self.patterns[Int(seed % count)]])
        let files = try await place.open()
        let target = try directory.directory("target")
        var job = RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot, threads: 2)
        // A small tree may have no such member.
        do { job.chosen = try await patterns.choose(from: files) } catch ReadError.noMember { return }
        let report = try await job.run()
        try await shell(Self.giveNames, in: target)
        let extra = Set(try await Self.partListing(target)).subtracting(try await Self.partListing(data))
        #expect(extra.count == 0, "\(patterns.texts): \(extra.sorted().prefix(6))")
        for path in tree.members {
            let isDirectory = try FileStatus(of: RawPath(bytes: Array(data.utf8) + [0x2f] + path)).isDirectory
            guard !patterns.matching(try MemberPath(RawPath(bytes: path)), isDirectory: isDirectory).isEmpty else {
                continue
            }
            #expect(throws: Never.self) { try FileStatus(of: RawPath(bytes: Array(target.utf8) + [0x2f] + path)) }
        }
        #expect(report.members == job.chosen?.members)
        #expect(report.bytesRead <= Int64(files.manifest.archive?.bytes ?? 0))
    }

    /// Removes the marks of a partial restore, and takes the mark from the names of files that servers start with.
    private static let giveNames = #"""
        for name in ibdata1 aria_log_control; do
            if [ ! -L $name ] && [ -f $name ] && grep -q ^lvmbackup: $name; then rm $name; fi
        done
        rm .lvmbackup-incomplete
        find . -depth -name '?*.lvmbackup-incomplete' -print0 | while IFS= read -rd '' name; do
            mv -T "$name" "${name%.lvmbackup-incomplete}"
        done
        """#

    /// As ``listing(_:)``, without what a part changes: times of directories, numbers of names.
    private static func partListing(_ path: String) async throws -> [String] {
        let script = #"""
            find . -mindepth 1 \( -type d -printf '%p %y %m %U:%G\0' -o -type l -printf '%p %y %U:%G %l\0' \
              -o -printf '%p %y %m %U:%G %s %T@\0' \)
            find . -type f -print0 | xargs -0r sha256sum -bz
            """#
        return try await shell(script, in: path).split(separator: "\0").map(String.init)
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
