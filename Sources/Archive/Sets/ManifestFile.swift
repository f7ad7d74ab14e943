import FoundationEssentials

/// A manifest as bytes.
enum ManifestFile {
    static let name = "manifest.json"
    /// No manifest is larger; a foreign file of that name may be.
    private static let largestSize = 16 << 20

    /// Since this revision of the format's version 1, manifests have a checksum.
    private static let revision = 1

    /// - Throws: ``ArchiveError/badManifest(path:why:)``
    static func encode(_ manifest: Manifest) throws(ArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes: [UInt8]
        do { bytes = Array(try encoder.encode(manifest)) } catch {
            throw .badManifest(path: name, why: String(describing: error))
        }
        let content = bytes.dropFirst() + [UInt8(ascii: "\n")]
        func file(_ checksum: String) -> [UInt8] {
            Array("{\n  \"revision\" : \(revision),\(checksumLine(checksum)),".utf8) + content
        }
        let whole = file(digest(of: file(noChecksum)))
        // Texts of the server may be of any length. A set whose manifest is not read is none.
        guard whole.count <= largestSize else {
            throw .badManifest(path: name, why: "it has \(whole.count) bytes, and no more than \(largestSize) are read")
        }
        return whole
    }

    /// - Parameter path: for messages.
    /// - Throws: ``ArchiveError/badManifest(path:why:)``
    static func decode(_ bytes: [UInt8], path: String) throws(ArchiveError) -> Manifest {
        let decoder = JSONDecoder()
        let head: Head
        do { head = try decoder.decode(Head.self, from: Data(bytes)) } catch {
            throw .badManifest(path: path, why: "it is not JSON of a backup set")
        }
        guard head.format == Manifest.formatName else { throw .badManifest(path: path, why: "it is another program's") }
        guard head.version == Manifest.currentVersion else {
            throw .badManifest(
                path: path,
                why: "it has version \(head.version), this program reads \(Manifest.currentVersion)"
            )
        }
        try check(bytes, head, path: path)
        do { return try decoder.decode(Manifest.self, from: Data(bytes)) } catch {
            throw .badManifest(path: path, why: String(describing: error))
        }
    }

    // MARK: The checksum

    /// Stands for the checksum in the bytes that it is made of.
    private static let noChecksum = String(repeating: "0", count: 32)

    private static func checksumLine(_ checksum: String) -> String { "\n  \"checksum\" : \"\(checksum)\"" }

    private static func digest(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { "\(Hasher128.digest(of: $0))" } }

    /// Compares the bytes with the checksum among them.
    ///
    /// Manifests of earlier revisions have none.
    ///
    /// Revision and checksum stand for each other: a damage of either key is found by the other.
    ///
    /// - Throws: ``ArchiveError/badManifest(path:why:)``
    private static func check(_ bytes: [UInt8], _ head: Head, path: String) throws(ArchiveError) {
        guard let checksum = head.checksum else {
            guard head.revision == nil else { throw .badManifest(path: path, why: "its checksum is missing") }
            return
        }
        let line = Array(checksumLine(checksum).utf8)
        guard head.revision != nil, let place = bytes.firstRange(of: line) else {
            throw .badManifest(path: path, why: "it was changed after it was written")
        }
        var blank = bytes
        blank.replaceSubrange(place, with: Array(checksumLine(noChecksum).utf8))
        guard digest(of: blank) == checksum else {
            throw .badManifest(
                path: path,
                why: "its checksum is wrong: it was damaged or changed"
            )
        }
    }

    /// Reads the manifest of a set's directory; a symbolic link is none.
    ///
    /// - Throws: ``ArchiveError/badManifest(path:why:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    static func read(in directory: SetDirectory) throws(ArchiveError) -> Manifest {
        try decode(try directory.read(name, limit: largestSize), path: directory.path + "/" + name)
    }

    /// The keys of every version.
    private struct Head: Decodable {
        var format: String
        var version: Int
        var revision: Int?
        var checksum: String?
    }
}
