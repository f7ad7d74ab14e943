import Glibc
import Lifecycle

/// Removes published sets; blocks.
///
/// A set loses its name first, in one step, so that nobody takes half of it for a backup; its manifest goes last, so
/// that what an interrupted removal leaves can be told from foreign things and finished.
struct SetRemoval: Sendable {
    let destination: String

    /// Removes a published set.
    ///
    /// - Throws: ``ArchiveError/badPlan(_:)`` where the set holds what this program did not write;
    ///   ``ArchiveError/unwritable(path:errno:)``
    func remove(_ set: Catalog.Entry) throws(ArchiveError) {
        let path = destination + "/" + set.name
        guard try FileStatus(of: RawPath(path)).isDirectory else { throw .unwritable(path: path, errno: ENOTDIR) }
        let own = [ManifestFile.name] + (set.manifest.archive?.parts ?? []).map(\.name)
        for name in try FlatDirectory.names(in: path) where !own.contains(name) {
            throw .badPlan("\"\(path)\" holds \"\(name)\", which is no part of the set")
        }
        let doomed = destination + "/." + set.name + Self.suffix
        guard FlatDirectory.rename(path, to: doomed) else { throw .unwritable(path: path, errno: errno) }
        try FlatDirectory.remove(doomed, last: ManifestFile.name)
    }

    /// Finishes removals that were interrupted.
    ///
    /// - Parameter source: whose sets; what belongs to others is left alone.
    /// - Returns: what could not be finished, and why.
    func finishInterrupted(of source: Source) throws(ArchiveError) -> [ArchiveError] {
        var failures: [ArchiveError] = []
        for name in try FlatDirectory.names(in: destination) where name.hasPrefix(".") && name.hasSuffix(Self.suffix) {
            let path = destination + "/" + name
            do {
                // Nothing says whose it was, and nothing is lost with it.
                if try FlatDirectory.names(in: path).isEmpty {
                    try FlatDirectory.remove(path, last: nil)
                    continue
                }
                guard try ManifestFile.read(inDirectory: path).source.isSame(as: source) else { continue }
                try FlatDirectory.remove(path, last: ManifestFile.name)
            } catch {
                failures.append(error)
            }
        }
        return failures
    }

    private static let suffix = ".removing"
}
