internal import Host

/// A backup set whose manifest was read.
///
/// It is locked (`flock` on the set's directory) for as long as the value lives.
package struct HeldSet: Sendable {
    package let name: String
    package let path: String
    package let manifest: Manifest
    let directory: SetDirectory

    /// Blocks.
    ///
    /// - Parameter exclusively: whether other commands cannot use the set meanwhile. Readers share the lock with each other.
    /// - Throws: ``ReadError/unusableSet(_:why:advice:)``, ``ReadError/busySet(_:why:advice:)``, ``ArchiveError``
    init(_ directory: SetDirectory, name: String, exclusively: Bool = false) throws {
        guard !name.hasPrefix(".") else {
            throw ReadError.unusableSet(
                name,
                why: "\"\(directory.path)\" is a partial set: its run did not finish",
                advice: "use another set"
            )
        }
        guard try directory.lock(exclusively: exclusively) else {
            throw ReadError.busySet(
                name,
                why: exclusively ? "it is open, or being read or removed" : "it is being removed or rolled back",
                advice: exclusively ? "try again when the other command has ended" : "use another set"
            )
        }
        self.directory = directory
        self.name = name
        path = directory.path
        manifest = try ManifestFile.read(in: directory)
    }

    /// Notes that the volume was put back to the set's snapshot, which is used up by that; nil takes the note back.
    ///
    /// Blocks.
    ///
    /// - Throws: ``ArchiveError``
    package func mark(_ rollback: RollbackMark?) async throws {
        try await onOwnThread { [directory] in try SetMarks.write(rollback, of: directory) }
    }
}
