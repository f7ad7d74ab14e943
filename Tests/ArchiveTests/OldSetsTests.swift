import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// The fixtures: a set of each version of the format stays readable for ever.
@Suite struct OldSetsTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().path + "/Fixtures"
    private static let schema = URL(filePath: #filePath + "/../../../docs/manifest.schema.json").standardized.path

    static let names = ["version-1", "version-1-revision-1"]

    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func place(_ name: String) -> SetPlace { SetPlace(destination: Self.fixtures, name: name) }

    @Test func `every fixture is tried`() throws {
        #expect(try Set(memberNames(Self.fixtures)) == Set(Self.names))
    }

    @Test(arguments: names)
    func `a set of an earlier release is listed, verified and restored`(name: String) async throws {
        let item = try await SetList.read(Self.fixtures).find(name)
        #expect(item.state == .good)
        #expect(item.manifest?.coordinates?.gtid == "0-1-7")
        let result = try await SetVerification(try await place(name).open(), threads: 1).run()
        #expect(result.files == 5)
        let target = try directory.directory("target")
        _ = try await RestoreJob(source: .set(try await place(name).open()), target: target, keepsOwners: false).run()
        #expect(try String(contentsOfFile: target + "/shop/soft", encoding: .utf8).hasPrefix("1\n2\n3\n"))
        let orders = try FileStatus(of: RawPath(target + "/shop/orders.ibd"))
        #expect(orders.modified == FileTime(seconds: 1_795_852_800, nanoseconds: 123_456_789))
        #expect(try FileStatus(of: RawPath(target + "/shop/hard")).inode == orders.inode)
        #expect(try FileStatus(of: RawPath(target + "/holes")).size == 2_000_001)
    }

    /// Manifests that a schema must accept: those of the fixtures, and one with something in every place.
    @Test func `the schema accepts every manifest`() async throws {
        let full = directory.path("full.json")
        try Data(ManifestFile.encode(.sample(checksum: String(repeating: "0f", count: 16)))).write(
            to: URL(filePath: full)
        )
        for path in Self.names.map({ "\(Self.fixtures)/\($0)/manifest.json" }) + [full] {
            try await shell("python3 -W ignore -m jsonschema -i '\(path)' '\(Self.schema)'")
        }
    }

    @Test func `the schema refuses what the reader refuses`() async throws {
        let text = try String(contentsOfFile: Self.fixtures + "/version-1/manifest.json", encoding: .utf8)
        for (part, other) in [("\"version\" : 1", "\"version\" : 2"), ("\"host\"", "\"hose\""), ("10,", "\"10\",")] {
            let path = directory.path("wrong.json")
            let wrong = text.replacingOccurrences(of: part, with: other)
            try #require(wrong != text)
            try Data(wrong.utf8).write(to: URL(filePath: path))
            #expect(throws: ArchiveError.self) { try ManifestFile.decode(Array(wrong.utf8), path: path) }
            await #expect(throws: (any Error).self) {
                try await shell("python3 -W ignore -m jsonschema -i '\(path)' '\(Self.schema)' 2>/dev/null")
            }
        }
    }
}
