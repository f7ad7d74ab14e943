import Foundation
import Lifecycle
import TestSupport

@testable import Archive

extension ArchiveFixture {
    /// Makes a set of a tree with every awkward member, and returns its place.
    static func awkwardSet(_ directory: ScratchDirectory, _ compression: Compression) async throws -> (
        ArchiveFixture, SetPlace
    ) {
        var fixture = try await ArchiveFixture(directory)
        try await AwkwardTree.make(in: fixture.data)
        fixture.archive.compression = compression
        let outcome = await fixture.run()
        if let failure = outcome.failure { throw failure }
        return (fixture, SetPlace(destination: fixture.backups, name: fixture.runID))
    }
}

/// Restores a set, owners and all where that is permitted.
@discardableResult
func restore(_ place: SetPlace, to target: String, threads: Int? = nil) async throws -> RestoreReport {
    let files = try await place.open()
    return try await RestoreJob(
        source: .set(files),
        target: target,
        keepsOwners: AwkwardTree.isRoot,
        threads: threads
    ).run()
}

/// Restores what a file holds as a stream.
@discardableResult
func restoreStream(_ file: String, to target: String) async throws -> RestoreReport {
    let descriptor = try openSource(RawPath(file))
    return try await RestoreJob(
        source: .stream(descriptor.number, name: file),
        target: target,
        keepsOwners: AwkwardTree.isRoot
    ).run()
}

/// Gives the manifest the sizes and checksums that the set's files have now: a set whose maker means harm.
func rewriteManifest(of place: SetPlace) throws {
    let path = place.manifestPath
    var manifest = try ManifestFile.decode(Array(Data(contentsOf: URL(filePath: path))), path: path)
    for (number, part) in (manifest.archive?.parts ?? []).enumerated() {
        let bytes = Array(try Data(contentsOf: URL(filePath: place.path + "/" + part.name)))
        manifest.archive?.parts[number].bytes = Int64(bytes.count)
        manifest.archive?.parts[number].xxh3 = bytes.withUnsafeBytes { "\(Hasher128.digest(of: $0))" }
    }
    try Data(ManifestFile.encode(manifest)).write(to: URL(filePath: path))
}

/// A tar file made by hand, for members that no honest tool writes.
struct HandmadeTar {
    private let buffer = ByteBuffer(capacity: 65_536)

    func add(
        _ name: String,
        _ type: UstarHeader.TypeFlag = .file,
        link: String = "",
        mode: UInt32 = 0o644,
        records: [(String, String)] = [],
        content: [UInt8] = []
    ) {
        if !records.isEmpty {
            var pax = PaxRecords()
            for (key, value) in records { pax.add(key, value) }
            block("./PaxHeaders/x", .extended, "", 0o644, pax.bytes)
        }
        block(name, type, link, mode, content)
    }

    private func block(_ name: String, _ type: UstarHeader.TypeFlag, _ link: String, _ mode: UInt32, _ content: [UInt8])
    {
        var header = UstarHeader()
        header.name = Array(name.utf8)[...]
        header.type = type
        header.linkName = Array(link.utf8)[...]
        header.mode = mode
        header.owner = geteuid()
        header.group = getegid()
        header.length = Int64(content.count)
        header.modified = 1_700_000_000
        header.append(to: buffer)
        let start = buffer.count
        buffer.append(content)
        buffer.padToBlock(from: start)
    }

    /// The whole file, with its end.
    func write(to path: String) throws {
        buffer.appendZeros(1024)
        try Data(bytes: buffer.base, count: buffer.count).write(to: URL(filePath: path))
    }
}
