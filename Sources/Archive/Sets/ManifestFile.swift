import FoundationEssentials

/// A manifest as bytes.
enum ManifestFile {
    static let name = "manifest.json"
    /// Nobody's manifest is larger; a foreign file of that name may be.
    private static let largestSize = 16 << 20

    /// - Throws: ``ArchiveError/badManifest(path:why:)``
    static func encode(_ manifest: Manifest) throws(ArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(manifest)) + [UInt8(ascii: "\n")] } catch {
            throw .badManifest(path: name, why: String(describing: error))
        }
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
        do { return try decoder.decode(Manifest.self, from: Data(bytes)) } catch {
            throw .badManifest(path: path, why: String(describing: error))
        }
    }

    /// Reads the manifest of a set's directory; a symbolic link is none.
    ///
    /// - Throws: ``ArchiveError/badManifest(path:why:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    static func read(in directory: SetDirectory) throws(ArchiveError) -> Manifest {
        try decode(try directory.read(name, limit: largestSize), path: directory.path + "/" + name)
    }

    /// What every version has.
    private struct Head: Decodable {
        var format: String
        var version: Int
    }
}
