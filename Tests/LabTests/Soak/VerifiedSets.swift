import CXXHash
import Foundation
import Testing

/// The published sets: each is read to its end when it is new, and must stay as it is until retention removes it.
struct VerifiedSets {
    private var signatures: [String: String] = [:]
    private(set) var verified = 0

    init() throws { signatures = try Self.read() }

    var directories: Set<String> { Set(signatures.keys.map { "\(Lab.destination)/\($0)" }) }

    /// - Parameter report: what the run said that came last.
    /// - Returns: the set that it published.
    mutating func new(_ report: Comment) async throws -> BackupSet? {
        let new = try await news(report)
        #expect(new.count <= 1, report)
        return new.first
    }

    /// The sets that are new since the last look.
    mutating func news(_ report: Comment) async throws -> [BackupSet] {
        let now = try Self.read()
        for (name, signature) in signatures {
            #expect(now[name].map { $0 == signature } ?? true, "the set \(name) has changed: \(report)")
        }
        #expect(!now.isEmpty, report)
        let new = try now.keys.filter { signatures[$0] == nil }.map { name in
            try BackupSet(directory: "\(Lab.destination)/\(name)")
        }
        signatures = now
        for set in new {
            try await verify(set, report)
            verified += 1
        }
        return new
    }

    /// Every file has the size and the checksum of the manifest, and plain tar finds as many members as that says.
    private func verify(_ set: BackupSet, _ report: Comment) async throws {
        let parts = set.manifest["archive"]["parts"].elements
        #expect(parts.count >= 2, "\(set.manifest)")
        for part in parts {
            let name = try #require(part["name"].string)
            let data = try Data(contentsOf: URL(filePath: "\(set.directory)/\(name)"), options: .alwaysMapped)
            #expect(part["bytes"].number == Double(data.count), "\(set.directory)/\(name): \(report)")
            #expect(part["xxh3"].string == Self.digest(data), "\(set.directory)/\(name): \(report)")
        }
        let list = try await Command(["tar", "-tf", set.archive]).wait()
        #expect(list.status == 0, list.report)
        let members = list.output.split(separator: "\n").count
        #expect(set.manifest["archive"]["members"].number == Double(members), "\(set.manifest)")
    }

    /// XXH3-128, as `xxh128sum` prints it.
    private static func digest(_ data: Data) -> String {
        let hash = data.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
        return [hash.high64, hash.low64].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Names, sizes and times of what is in each set that has a published name.
    private static func read() throws -> [String: String] {
        let files = FileManager.default
        var sets: [String: String] = [:]
        for name in try publishedSets() where !name.contains("partial") {
            let directory = "\(Lab.destination)/\(name)"
            let lines = try files.contentsOfDirectory(atPath: directory).sorted().map { file in
                let facts = try files.attributesOfItem(atPath: "\(directory)/\(file)")
                return "\(file) \(facts[.size] ?? "") \(facts[.modificationDate] ?? "")"
            }
            sets[name] = lines.joined(separator: "\n")
        }
        return sets
    }
}
