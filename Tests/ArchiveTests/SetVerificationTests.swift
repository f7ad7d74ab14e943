import Foundation
import Lifecycle
import TestSupport
import Testing

@testable import Archive

@Suite struct SetVerificationTests {
    private let directory: ScratchDirectory

    init() throws { directory = try ScratchDirectory() }

    private func smallSet() async throws -> SetPlace {
        var fixture = try await ArchiveFixture(directory)
        try await shell(
            "mkdir db; for i in $(seq 40); do seq $i 900 > db/t$i; done; dd if=/dev/urandom of=large bs=1M count=9 status=none; truncate -s 12M large",
            in: fixture.data
        )
        fixture.recoveryLog = nil
        let outcome = await fixture.run()
        if let failure = outcome.failure { throw failure }
        return SetPlace(destination: fixture.backups, name: fixture.runID)
    }

    private func verify(_ place: SetPlace) async throws {
        _ = try await SetVerification(try await place.open(), threads: 2).run()
    }

    @Test(arguments: [Compression.standard, .gzip(level: 1), .none])
    func `a whole set is good`(compression: Compression) async throws {
        let (_, place) = try await ArchiveFixture.awkwardSet(directory, compression)
        let result = try await SetVerification(try await place.open(), threads: nil).run()
        #expect(result.files > 15)
    }

    @Test func `a verification of a terabyte is cancelled at once`() async throws {
        let place = try await smallSet()
        try await shell("truncate -s 1T recovery.log", in: place.path)
        let path = URL(filePath: place.path + "/manifest.json")
        var manifest = try ManifestFile.decode(Array(Data(contentsOf: path)), path: "manifest")
        manifest.archive?.parts.append(ArchiveDetails.Part(name: "recovery.log", bytes: 1 << 40, xxh3: ""))
        try Data(ManifestFile.encode(manifest)).write(to: path)
        let task = Task { try await verify(place) }
        try await Task.sleep(for: .milliseconds(300))
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func `damage of the archive is found by a restore, at the damaged frame`() async throws {
        let place = try await smallSet()
        let path = place.path + "/data.tar.zst"
        var bad = try Data(contentsOf: URL(filePath: path))
        bad[bad.count / 2] ^= 1
        try bad.write(to: URL(filePath: path))
        let target = try directory.directory("target")
        let error = await #expect(throws: ReadError.self) { try await restore(place, to: target) }
        guard case .damaged(path, let offset?, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(offset <= bad.count / 2)
        #expect(bad.count / 2 - Int(offset) < 5 << 20)
        #expect(try memberNames(target).contains(".lvmbackup-incomplete"))
    }

    @Test func `the mark of a verification is read back, and damage shows in the list`() async throws {
        let place = try await smallSet()
        let mark = VerifiedMark(level: "checksums", at: Timestamp(seconds: 5), tool: "t", damage: nil)
        try await place.record(mark)
        var list = try await SetList.read(place.destination)
        #expect(list.items.map(\.verified) == [mark])
        #expect(try list.find("latest").name == place.name)
        var bad = mark
        bad.damage = "torn"
        try await place.record(bad)
        list = try await SetList.read(place.destination)
        #expect(list.items.map(\.state) == [.damaged("torn")])
        #expect(throws: ReadError.self) { try list.find("latest") }
    }

    @Test func `a set is found by latest, name, run id and a unique beginning`() async throws {
        var fixture = try await ArchiveFixture(directory)
        for id in ["20261122T101502Z-7f3a", "20261123T101502Z-aaaa", "20261123T111502Z-bbbb"] {
            fixture.runID = id
            #expect(await fixture.run().failure == nil)
        }
        try await shell("mkdir foreign .20261124T000000Z-cccc.partial", in: fixture.backups)
        let list = try await SetList.read(fixture.backups)
        #expect(list.items.count == 5)
        #expect(try list.find("20261122").name == "20261122T101502Z-7f3a")
        #expect(try list.find("20261123T111502Z-bbbb").name == "20261123T111502Z-bbbb")
        #expect(throws: ReadError.self) { try list.find("20261123") }
        #expect(throws: ReadError.self) { try list.find("2027") }
        #expect(list.items.contains { $0.state == .partial })
        let partial = SetPlace(destination: fixture.backups, name: ".20261124T000000Z-cccc.partial")
        await #expect(throws: ReadError.self) { try await partial.open() }
    }
}
