import Foundation
import Testing

/// The published sets: each is read to its end when it is new, and must stay as it is until retention removes it.
struct PublishedSets {
    private var signatures: [String: String] = [:]
    private(set) var verified = 0

    init() throws { signatures = try Self.read() }

    var directories: Set<String> { Set(signatures.keys.map { "\(Lab.destination)/\($0)" }) }

    /// - Parameters:
    ///   - report: the output of the last run.
    ///   - mayRemove: whether retention may have removed sets.
    /// - Returns: the set that it published.
    mutating func new(_ report: Comment, mayRemove: Bool = true) async throws -> BackupSet? {
        let new = try await news(report, mayRemove: mayRemove)
        #expect(new.count <= 1, report)
        return new.first
    }

    /// The sets that are new since the last look.
    mutating func news(_ report: Comment, mayRemove: Bool = true) async throws -> [BackupSet] {
        let now = try Self.read()
        for (name, signature) in signatures {
            #expect(now[name] == nil || now[name] == signature, "the set \(name) has changed: \(report)")
            #expect(now[name] != nil || mayRemove, "the set \(name) is gone: \(report)")
        }
        #expect(!now.isEmpty, report)
        let new = try now.keys.filter { signatures[$0] == nil }.map { name in
            try BackupSet(directory: "\(Lab.destination)/\(name)")
        }
        signatures = now
        for set in new {
            try await set.expectReadable(report)
            verified += 1
        }
        return new
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
