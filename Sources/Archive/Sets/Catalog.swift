internal import Host
import Lifecycle

/// The backup sets of a destination.
package struct Catalog: Sendable {
    /// A published set.
    package struct Entry: Equatable, Sendable {
        /// The name of its directory.
        package var name: String
        package var manifest: Manifest
        /// The damage, such as a missing file; nil where the set is whole.
        package var fault: String?
    }

    /// Something else in the destination, which is left alone.
    package struct Foreign: Equatable, Sendable {
        package var name: String
        package var reason: String
    }

    /// Newest first.
    package var sets: [Entry] = []
    package var foreign: [Foreign] = []

    static let noDirectory = "it is no directory"

    /// Reads a destination.
    ///
    /// Sizes are compared, checksums are not.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)`` where the destination cannot be listed.
    package static func read(_ destination: String) async throws -> Catalog {
        try await onOwnThread { try Catalog(of: destination) }
    }

    /// Blocks.
    ///
    /// - Parameter room: bytes of manifests, which are kept in memory. The last by name, which are the newest, come first.
    init(of destination: String, room: Int64 = 128 << 20) throws(ArchiveError) {
        let destination = try DestinationDirectory(destination)
        var left = room
        var seen: Set<String> = []
        for file in try destination.names().reversed() {
            guard let name = file.text, !name.hasPrefix(".") else { continue }
            do {
                guard let directory = try destination.set(file) else {
                    foreign.append(Foreign(name: name, reason: Self.noDirectory))
                    continue
                }
                // Unicode takes some names of different bytes for the same, and a set is chosen by its name.
                guard seen.insert(name).inserted else {
                    foreign.append(Foreign(name: name, reason: "another set has the same name in other bytes"))
                    continue
                }
                guard let size = try directory.size(of: ManifestFile.name) else {
                    foreign.append(
                        Foreign(name: name, reason: "there is no regular file \"\(ManifestFile.name)\" in it")
                    )
                    continue
                }
                guard size <= left else {
                    foreign.append(Foreign(name: name, reason: "the manifests of the destination are too large"))
                    continue
                }
                let manifest = try ManifestFile.read(in: directory)
                left -= size
                sets.append(Entry(name: name, manifest: manifest, fault: Self.fault(of: manifest, in: directory)))
            } catch {
                foreign.append(Foreign(name: name, reason: error.failure.message))
            }
        }
        foreign.sort { $0.name < $1.name }
        sets.sort { ($1.manifest.moment, $1.name) < ($0.manifest.moment, $0.name) }
    }

    private static func fault(of manifest: Manifest, in directory: SetDirectory) -> String? {
        for part in manifest.archive?.parts ?? [] {
            do {
                guard let size = try directory.size(of: part.name) else {
                    return "there is no regular file \"\(part.name)\" in it"
                }
                guard size == part.bytes else { return "\"\(part.name)\" has \(size) bytes in place of \(part.bytes)" }
            } catch {
                return error.failure.message
            }
        }
        return nil
    }
}
