import FoundationEssentials
internal import Host

/// The files beside the manifest that say something of a set later: that it was verified, that it is to be kept.
enum SetMarks {
    static let verified = "verified.json"
    static let kept = "kept"
    /// Becomes the mark of a verification, or is left where a process ended at that moment.
    private static let newVerified = verified + ".new"
    static let rolledBack = "rolled-back.json"
    static let names = [verified, newVerified, kept, rolledBack]
    private static let largest = 65_536

    static func isKept(_ directory: SetDirectory) throws(ArchiveError) -> Bool { try directory.size(of: kept) != nil }

    /// - Throws: ``ArchiveError``
    static func setKept(_ isKept: Bool, _ directory: SetDirectory) throws(ArchiveError) {
        guard try SetMarks.isKept(directory) != isKept else { return }
        if isKept { try write([], to: kept, of: directory) } else { try directory.remove(kept) }
    }

    /// The last verification; nil where there is none, or its file is none of ours.
    static func verification(of directory: SetDirectory) -> VerifiedMark? {
        // A damaged mark says that the set is not known to be good, which is what nil says.
        guard let bytes = try? directory.read(verified, limit: largest) else { return nil }
        // The same of one that is cut off or of a later version.
        return try? JSONDecoder().decode(VerifiedMark.self, from: Data(bytes))
    }

    /// - Throws: ``ArchiveError``
    static func write(_ mark: VerifiedMark, of directory: SetDirectory) throws(ArchiveError) {
        try directory.remove(newVerified)
        try write(try encode(mark, path: verified), to: newVerified, of: directory)
        try directory.replace(verified, by: newVerified)
    }

    /// The note of a rollback; nil where there is none, or its file is none of ours.
    ///
    /// The snapshot may exist all the same.
    static func rollback(of directory: SetDirectory) -> RollbackMark? {
        // LVM tells whether the snapshot is there; the mark only says why it is not.
        guard let bytes = try? directory.read(rolledBack, limit: largest) else { return nil }
        // The same of one that is cut off or of a later version.
        return try? JSONDecoder().decode(RollbackMark.self, from: Data(bytes))
    }

    /// - Parameter mark: nil removes the note.
    /// - Throws: ``ArchiveError``
    static func write(_ mark: RollbackMark?, of directory: SetDirectory) throws(ArchiveError) {
        try directory.remove(rolledBack)
        guard let mark else { return }
        try write(try encode(mark, path: rolledBack), to: rolledBack, of: directory)
    }

    private static func encode(_ mark: some Encodable, path: String) throws(ArchiveError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(mark)) + [UInt8(ascii: "\n")] } catch {
            throw .badManifest(path: path, why: String(describing: error))
        }
    }

    private static func write(_ bytes: [UInt8], to name: String, of directory: SetDirectory) throws(ArchiveError) {
        let file = try directory.makeFile(name)
        try ArchiveError.writing {
            try bytes.withUnsafeBytes { try FileWriter(file.descriptor, path: file.path).write($0) }
        }
        try directory.bringToDisk { _, call throws(ArchiveError) in try ArchiveError.writing(call) }
    }
}

/// The content of `verified.json`, keys in snake case.
package struct VerifiedMark: Codable, Equatable, Sendable {
    package var format = "lvmbackup verification"
    package var version = 1
    /// The level: "checksums", "structure" or ``start``.
    package var level: String
    package var at: Timestamp
    /// The program that verified, and its version.
    package var tool: String
    /// The first damage that was found; nil for a good set.
    package var damage: String?

    /// The level that starts a server on the restored data.
    package static let start = "start"

    package init(level: String, at: Timestamp, tool: String, damage: String?) {
        self.level = level
        self.at = at
        self.tool = tool
        self.damage = damage
    }
}

/// The content of `rolled-back.json`: the volume was put back to the set's snapshot, and LVM removed the snapshot.
package struct RollbackMark: Codable, Equatable, Sendable {
    package var format = "lvmbackup rollback"
    package var version = 1
    package var at: Timestamp
    /// The program that did it, and its version.
    package var tool: String

    package init(at: Timestamp, tool: String) {
        self.at = at
        self.tool = tool
    }
}
