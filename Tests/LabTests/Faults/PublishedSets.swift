import Foundation
import Testing

/// The published sets, and what they looked like when they were new.
struct PublishedSets {
    private var signatures: [String: String] = [:]

    init() throws { signatures = try Self.read() }

    /// Looks at the new sets, and whether the old ones are as they were.
    ///
    /// - Returns: what was shown of the new one; nil where there is none.
    mutating func news(of run: RunUnderFault, mayRemove: Bool, load: Load.Report) async throws -> SetProof? {
        let now = try Self.read()
        for (name, signature) in signatures {
            if let found = now[name] {
                #expect(found == signature, "the set \(name) has changed: \(run.result.report)")
            } else {
                #expect(mayRemove, "the set \(name) is gone: \(run.result.report)")
            }
        }
        #expect(!now.isEmpty)
        let new = now.keys.filter { signatures[$0] == nil }
        #expect(new.count <= 1, "\(run.result.report)")
        signatures = now
        guard let name = new.first else { return nil }
        let set = try BackupSet(directory: "\(Lab.destination)/\(name)")
        return try await SetProof.of(set, struck: run.struck, load: load)
    }

    /// Names, sizes and times of what is in each set that has a published name.
    private static func read() throws -> [String: String] {
        let files = FileManager.default
        var sets: [String: String] = [:]
        for name in try files.contentsOfDirectory(atPath: Lab.destination) where !name.hasPrefix(".") {
            let directory = "\(Lab.destination)/\(name)"
            let lines = try files.contentsOfDirectory(atPath: directory).sorted().map { file in
                let facts = try files.attributesOfItem(atPath: "\(directory)/\(file)")
                return "\(file) \(facts[.size] ?? "") \(facts[.modificationDate] ?? "")"
            }
            if !name.contains("partial") { sets[name] = lines.joined(separator: "\n") }
        }
        return sets
    }
}
