import Glibc
internal import Host
import Lifecycle

/// Removes published sets; blocks.
///
/// A set loses its name first, in one step, so that half of it is never taken for a backup. Its manifest is removed
/// last, so that the rest of an interrupted removal can be told from foreign files and removed.
struct SetRemoval: Sendable {
    private let destination: DestinationDirectory

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(destination: String) throws(ArchiveError) { self.destination = try DestinationDirectory(destination) }

    /// Removes a published set.
    ///
    /// - Throws: ``ArchiveError/badPlan(_:)`` where the set holds what this program did not write, or is another one
    ///   than at the time when it was listed; ``ArchiveError/unwritable(path:errno:)``
    func remove(_ set: Catalog.Entry) throws(ArchiveError) {
        let name = FileName(set.name)
        let path = destination.path + "/" + set.name
        guard let directory = try destination.set(name) else { throw .unwritable(path: path, errno: ENOTDIR) }
        guard try ManifestFile.read(in: directory) == set.manifest else {
            throw .badPlan("\"\(path)\" is not the set that was listed")
        }
        try checkContent(of: directory, set.manifest)
        guard try !SetMarks.isKept(directory) else { throw .badPlan("\"\(path)\" is marked to be kept") }
        guard try directory.lock(exclusively: true) else { throw .badPlan("\"\(path)\" is being read") }
        let doomed = FileName(".\(set.name)\(Self.suffix)")
        try destination.rename(directory, from: name, to: doomed)
        try remove(directory, doomed)
    }

    /// Finishes removals that were interrupted.
    ///
    /// - Parameters:
    ///   - source: the source of the sets; sets of others are left alone.
    ///   - room: bytes of manifests that are read: another user's destination may have any number of them.
    /// - Returns: the removals that could not be finished, and the reasons.
    func finishInterrupted(of source: Source, room: Int64 = 128 << 20) throws(ArchiveError) -> [ArchiveError] {
        var failures: [ArchiveError] = []
        var left = room
        for name in try destination.names() {
            guard let text = name.text, text.hasPrefix("."), text.hasSuffix(Self.suffix) else { continue }
            do { try finish(name, of: source, room: &left) } catch { failures.append(error) }
            guard left >= 0 else { break }
        }
        return failures
    }

    private func finish(_ name: FileName, of source: Source, room: inout Int64) throws(ArchiveError) {
        let path = destination.path + "/\(name)"
        guard let directory = try destination.set(name) else { throw .unwritable(path: path, errno: ENOTDIR) }
        // The owner of an empty one is unknown, and no data is lost with it.
        if try directory.names().isEmpty { return try destination.removeEmpty(name) }
        room -= try directory.size(of: ManifestFile.name) ?? 0
        guard room >= 0 else {
            throw .badManifest(path: path, why: "the manifests of interrupted removals are too large")
        }
        let manifest = try ManifestFile.read(in: directory)
        guard manifest.source.isSame(as: source) else { return }
        try checkContent(of: directory, manifest)
        try remove(directory, name)
    }

    private func checkContent(of directory: SetDirectory, _ manifest: Manifest) throws(ArchiveError) {
        let parts = (manifest.archive?.parts ?? []).map(\.name)
        let own = Set(([ManifestFile.name] + SetMarks.names + parts).map { FileName($0) })
        for name in try directory.names() where !own.contains(name) {
            throw .badPlan("\"\(directory.path)\" holds \"\(name)\", which is no part of the set")
        }
    }

    private func remove(_ directory: SetDirectory, _ name: FileName) throws(ArchiveError) {
        try directory.removeFiles(last: FileName(ManifestFile.name))
        try destination.removeEmpty(name)
    }

    private static let suffix = ".removing"
}
