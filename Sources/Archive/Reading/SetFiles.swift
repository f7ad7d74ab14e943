import Glibc
internal import Host
import Lifecycle

/// A backup set that is read: its manifest and the files it names, held open and locked against removal.
///
/// All of it blocks.
package struct SetFiles: Sendable {
    package let name: String
    package let path: String
    package let manifest: Manifest
    let directory: SetDirectory
    let archive: Descriptor
    let index: Descriptor
    let compression: Compression

    /// - Throws: ``ReadError/unusableSet(_:why:advice:)``, ``ReadError/damaged(path:offset:why:)``, ``ArchiveError``
    init(_ set: HeldSet) throws {
        directory = set.directory
        name = set.name
        path = set.path
        manifest = set.manifest
        guard let facts = manifest.archive else {
            throw ReadError.unusableSet(
                name,
                why: "it has no archive: the snapshot itself is the backup",
                advice: "look into it by \"lvmbackup open\", or put the volume back by \"lvmbackup rollback\""
            )
        }
        // A compression that cannot be understood is refused below, as a missing one is.
        guard let compression = facts.compression.flatMap({ try? Compression($0) }),
            let archive = facts.parts.first(where: { $0.name == compression.fileName }),
            let index = facts.parts.first(where: { $0.name == "index.jsonl" })
        else {
            // An unknown compression is one reason among others.
            throw ReadError.unusableSet(
                name,
                why: "its archive is at \"\(facts.location)\"",
                advice: "pipe it from there into \"lvmbackup restore - --to DIRECTORY\", or use its own program"
            )
        }
        for part in facts.parts { try Self.check(part, in: directory) }
        self.compression = compression
        self.archive = try directory.open(archive.name)
        self.index = try directory.open(index.name)
    }

    var archivePath: String { path + "/" + compression.fileName }
    var indexPath: String { path + "/index.jsonl" }

    /// The manifest's entry of one of the files.
    func part(_ name: String) -> (bytes: Int64, xxh3: String)? {
        manifest.archive?.parts.first { $0.name == name }.map { ($0.bytes, $0.xxh3) }
    }

    private static func check(_ part: ArchiveDetails.Part, in directory: SetDirectory) throws {
        let path = directory.path + "/" + part.name
        guard let size = try directory.size(of: part.name) else {
            throw ReadError.damaged(path: path, offset: nil, why: "the file is missing")
        }
        guard size == part.bytes else {
            throw ReadError.damaged(
                path: path,
                offset: min(size, part.bytes),
                why: "it has \(size) bytes in place of \(part.bytes)"
            )
        }
    }
}
