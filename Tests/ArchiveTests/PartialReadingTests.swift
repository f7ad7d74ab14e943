import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Restores of some members read no more of the archive than they need, and check all that they read.
@Suite struct PartialReadingTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    /// Frames hold about 4 MiB: a, b and d have frames of their own, c and e span frames, and the last of them holds no
    /// data.
    private func set(_ compression: Compression = .zstd(level: 1)) async throws -> (data: String, place: SetPlace) {
        var fixture = try await ArchiveFixture(directory)
        let script = """
            mkdir -p a b c d e; chmod 700 c
            for name in a/1 b/1 d/1; do head -c 3M /dev/urandom > $name; done
            head -c 9M /dev/urandom > c/long; head -c 8M /dev/urandom > c/whole; echo small > c/small
            head -c 8M /dev/urandom > e/hole; truncate -s 20M e/hole; for n in $(seq 600); do echo $n > b/$n.frm; done
            """
        try await shell(script, in: fixture.data)
        fixture.archive.compression = compression
        if let failure = await fixture.run().failure { throw failure }
        return (fixture.data, SetPlace(destination: fixture.backups, name: fixture.runID))
    }

    private func restore(_ patterns: [String], _ place: SetPlace) async throws -> RestoreReport {
        let files = try await place.open()
        let target = try directory.directory("target")
        var job = RestoreJob(source: .set(files), target: target, keepsOwners: AwkwardTree.isRoot, threads: 2)
        job.chosen = try await MemberPatterns(patterns).choose(from: files)
        return try await job.run()
    }

    /// The frames of an archive in the order of the index, and the numbers of those that hold members.
    private struct Frames {
        var ranges: [Range<Int>] = []
        var ofMembers: [(name: String, frames: ClosedRange<Int>)] = []

        init(_ place: SetPlace) throws {
            for line in try String(contentsOfFile: place.path + "/index.jsonl", encoding: .utf8).split(separator: "\n")
            {
                let parsed = try JSONSerialization.jsonObject(with: Data(line.utf8))
                let object = try #require(parsed as? [String: Any])
                if let name = object["member"] as? String, let first = object["frame"] as? Int {
                    ofMembers.append((name, first...ranges.count - 1))
                } else if let offset = object["offset"] as? Int, let length = object["length"] as? Int {
                    ranges.append(offset..<offset + length)
                }
            }
        }

        /// Those of members and of the directories above them.
        func holding(_ names: [String]) -> Set<Int> {
            let isWanted = { (name: String) in
                names.contains { $0 == name || (name.hasSuffix("/") && $0.hasPrefix(name)) }
            }
            return Set(ofMembers.filter { isWanted($0.name) }.flatMap(\.frames))
        }
    }

    /// Patterns, and the files that match.
    static let wanted: [([String], [String])] = [
        (["a/1"], ["a/1"]), (["c/small"], ["c/small"]), (["c/long"], ["c/long"]), (["c/whole"], ["c/whole"]),
        (["e/hole"], ["e/hole"]), (["a/1", "e/hole"], ["a/1", "e/hole"]), (["c/"], ["c/long", "c/small", "c/whole"]),
        (["600.frm", "d/1"], ["b/600.frm", "d/1"]), (["ibdata1"], ["ibdata1"]),
    ]

    @Test(arguments: wanted, [Compression.zstd(level: 1), .none])
    func `only the frames of wanted members are read`(_ wanted: ([String], [String]), compression: Compression)
        async throws
    {
        let (data, place) = try await set(compression)
        let report = try await restore(wanted.0, place)
        let frames = try Frames(place)
        let needed = frames.holding(wanted.1.map { "./" + $0 })
        #expect(needed.count < frames.ranges.count)
        #expect(report.bytesRead == needed.reduce(0) { $0 + Int64(frames.ranges[$1].count) })
        #expect(report.files == wanted.1.count)
        try await expectRestored(wanted.1, data)
    }

    /// Each file is the same as in the data.
    private func expectRestored(_ names: [String], _ data: String) async throws {
        for name in names {
            let restored = directory.path("target/" + name) + (name == "ibdata1" ? ".lvmbackup-incomplete" : "")
            try await shell("cmp '\(data)/\(name)' '\(restored)'")
        }
    }

    @Test(arguments: [["c/long"], ["b/600.frm"], ["e/hole", "a/1"]])
    func `a damaged frame matters where a wanted member is in it, and nowhere else`(names: [String]) async throws {
        let (data, place) = try await set()
        let frames = try Frames(place)
        let needed = frames.holding(names.map { "./" + $0 })
        let path = URL(filePath: place.path + "/data.tar.zst")
        let good = try Data(contentsOf: path)
        for (number, range) in frames.ranges.enumerated() {
            var bad = good
            bad[range.lowerBound + range.count / 2] ^= 4
            try bad.write(to: path)
            if needed.contains(number) {
                let error = await #expect(throws: ReadError.self, "\(number)") { try await restore(names, place) }
                guard case .damaged(let file, let offset, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(file == path.path)
                #expect(offset == Int64(range.lowerBound))
            } else {
                _ = try await restore(names, place)
                try await expectRestored(names, data)
            }
            try FileManager.default.removeItem(atPath: directory.path("target"))
        }
    }

    @Test func `no other byte of the archive is needed`() async throws {
        let (data, place) = try await set()
        let frames = try Frames(place)
        let needed = frames.holding(["./c/long"])
        let path = URL(filePath: place.path + "/data.tar.zst")
        var bad = try Data(contentsOf: path)
        for (number, range) in frames.ranges.enumerated() where !needed.contains(number) {
            bad.replaceSubrange(range, with: Data(count: range.count))
        }
        try bad.write(to: path)
        _ = try await restore(["c/long"], place)
        try await expectRestored(["c/long"], data)
    }

    /// An index with the right checksum whose members are not those of the archive.
    @Test(arguments: [
        ("./c/long", "./c/lonf"), ("\"size\":9437184", "\"size\":9437185"),
        ("\"at\":0,\"xxh3\":\"", "\"at\":512,\"xxh3\":\""),
    ])
    func `a member that is not as the index lists it is found`(text: String, other: String) async throws {
        let (_, place) = try await set()
        let path = place.path + "/index.jsonl"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let changed = lines.map {
            $0.contains("\"./c/long\"") ? $0.replacingOccurrences(of: text, with: other) : String($0)
        }
        try Data(changed.joined(separator: "\n").utf8).write(to: URL(filePath: path))
        try rewriteManifest(of: place)
        let name = other.hasPrefix("./") ? "c/lonf" : "c/long"
        await #expect(throws: ReadError.self) { try await restore([name], place) }
    }
}
