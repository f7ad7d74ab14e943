import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

/// Damage of a set at a random place: its verification and its restore both find it.
@Suite struct DamageTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private enum Damage: CaseIterable {
        case flippedBit, changedByte, lostByte, addedByte, cutEnd, overwrittenBlock
    }

    private static let files = ["data.tar.zst", "index.jsonl", "manifest.json"]

    private func set(_ script: String, run: String = "20261122T101502Z-7f3a") async throws -> SetPlace {
        var fixture = try await ArchiveFixture(directory)
        fixture.runID = run
        try await shell(script, in: fixture.data)
        if let failure = await fixture.run().failure { throw failure }
        return SetPlace(destination: fixture.backups, name: fixture.runID)
    }

    private func damaged(_ good: Data, _ damage: Damage, at offset: Int, _ random: inout some RandomNumberGenerator)
        -> Data
    {
        var bad = good
        switch damage {
        case .flippedBit: bad[offset] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
        case .changedByte: bad[offset] = bad[offset] &+ UInt8.random(in: 1...255, using: &random)
        case .lostByte: bad.remove(at: offset)
        case .addedByte: bad.insert(UInt8.random(in: 0...255, using: &random), at: offset)
        case .cutEnd: bad = bad[..<offset]
        case .overwrittenBlock:
            for place in offset..<min(offset + 512, bad.count) { bad[place] = bad[place] == 0 ? 1 : 0 }
        }
        return bad
    }

    /// The file of the set that an error names; nil where it names none.
    private func named(_ error: (any Error)?) -> String? {
        switch error {
        case let error as ReadError: if case .damaged(let path, _, _) = error { path } else { nil }
        case let error as ArchiveError: if case .badManifest(let path, _) = error { path } else { nil }
        default: nil
        }
    }

    private func verify(_ place: SetPlace) async throws {
        _ = try await SetVerification(try await place.open(), threads: 2).run()
    }

    private func expectFound(_ place: SetPlace, _ what: String) async throws {
        let verified = await #expect(throws: (any Error).self, "\(what)") { try await verify(place) }
        #expect(named(verified)?.hasPrefix(place.path) == true, "\(what): \(String(describing: verified))")
        let target = try directory.directory("target")
        let restored = await #expect(throws: (any Error).self, "\(what)") { try await restore(place, to: target) }
        #expect(named(restored)?.hasPrefix(place.path) == true, "\(what): \(String(describing: restored))")
        // A restore reads by the index: it tells the frame of the archive.
        if case .damaged(let path, let offset, _)? = restored as? ReadError, path.hasSuffix(".zst") {
            #expect(offset != nil, "\(what)")
        }
        let left = try memberNames(target)
        #expect(left.isEmpty || left.contains(".lvmbackup-incomplete"), "\(what)")
        try FileManager.default.removeItem(atPath: target)
    }

    @Test func `damage at a thousand random places is found by verification and restore, and named`() async throws {
        let place = try await set(
            "mkdir db; seq 90 > db/t1; seq 99 > db/t2; head -c 9000 /dev/urandom > r"
        )
        var random = SystemRandomNumberGenerator()
        for name in Self.files {
            let path = URL(filePath: place.path + "/" + name)
            let good = try Data(contentsOf: path)
            for _ in 0..<334 {
                let damage = Damage.allCases.randomElement(using: &random) ?? .flippedBit
                let offset = Int.random(in: 0..<good.count, using: &random)
                try damaged(good, damage, at: offset, &random).write(to: path)
                try await expectFound(place, "\(name): \(damage) at \(offset)")
            }
            try good.write(to: path)
        }
        try await verify(place)
    }

    @Test func `exchanged frames are found`() async throws {
        let place = try await set("head -c 20M /dev/urandom > large")
        let path = place.path + "/data.tar.zst"
        let good = try Data(contentsOf: URL(filePath: path))
        let half = good.count / 2
        try Data(good[half...] + good[..<half]).write(to: URL(filePath: path))
        try await expectFound(place, "exchanged halves")
        let frames = try frames(place)
        #expect(frames.count > 4)
        for first in frames.indices {
            for second in frames.indices where second > first {
                var order = Array(frames.indices)
                order.swapAt(first, second)
                var bad = Data()
                for frame in order { bad += good[frames[frame]] }
                try bad.write(to: URL(filePath: path))
                try await expectFound(place, "frame \(first) in the place of frame \(second)")
            }
        }
    }

    /// The checksums of index and manifest are right: the one who made the set means harm.
    @Test func `exchanged lines of an index are found`() async throws {
        let place = try await set("seq 20 | split -l 1 -a 4; head -c 5M /dev/urandom > large")
        let path = URL(filePath: place.path + "/index.jsonl")
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        for line in lines.indices.dropLast() {
            var changed = lines
            changed.swapAt(line, line + 1)
            try Data((changed.joined(separator: "\n") + "\n").utf8).write(to: path)
            try rewriteManifest(of: place)
            try await expectFound(place, "line \(line) behind its next")
        }
    }

    private func frames(_ place: SetPlace) throws -> [Range<Int>] {
        let text = try String(contentsOfFile: place.path + "/index.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").compactMap { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard let offset = object?["offset"] as? Int, let length = object?["length"] as? Int else { return nil }
            return offset..<offset + length
        }
    }

    @Test(arguments: files)
    func `a file of another set is found`(name: String) async throws {
        let other = try await set("echo one > t")
        let place = try await set("echo two > t", run: "20261123T101502Z-7f3b")
        try await shell("cp '\(other.path)/\(name)' '\(place.path)/\(name)'")
        try await expectFound(place, name)
    }
}
