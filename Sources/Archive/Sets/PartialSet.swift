import Glibc
internal import Host
import Lifecycle
import Synchronization

/// A backup set that is being written: a directory that only its run knows, until it is renamed.
///
/// Its directory is held open from its creation on. All of it blocks.
final class PartialSet: Sendable {
    /// Brings the file or directory of a path to the disk by the given call.
    typealias Sync = (_ path: String, _ call: () throws -> Void) throws(ArchiveError) -> Void

    let destination: String
    let name: SetName
    let path: String
    private let place: DestinationDirectory
    private let partialName: FileName
    /// Nil until it is made.
    private let made: Mutex<SetDirectory?>
    /// The destination's inode number, which outlasts a restart, as the device's number need not.
    private let inode: UInt64
    private let fileSystem: String?

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)`` where there is no destination.
    convenience init(_ name: SetName, in destination: String, run: String) throws(ArchiveError) {
        let place = try DestinationDirectory(destination)
        try self.init(name, in: place, as: FileName(name.partial(run: run)), made: nil)
    }

    /// A partial set that exists already, as the archive step left it.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)`` where it is not a directory in the destination.
    convenience init(_ name: SetName, in destination: String, at path: String) throws(ArchiveError) {
        let place = try DestinationDirectory(destination)
        let own = FileName(String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]))
        let parent = try DestinationDirectory(path + "/..").identity()
        guard parent.isSameFile(as: try place.identity()) else {
            throw .foreignPartial(path: path, why: "it is not in \"\(destination)\"")
        }
        guard let made = try place.set(own) else { throw .foreignPartial(path: path, why: "it is no directory") }
        try self.init(name, in: place, as: own, made: made)
    }

    private init(
        _ name: SetName,
        in place: DestinationDirectory,
        as partialName: FileName,
        made: SetDirectory?
    ) throws(ArchiveError) {
        self.name = name
        self.place = place
        self.partialName = partialName
        self.made = Mutex(made)
        destination = place.path
        path = place.path + "/\(partialName)"
        inode = try place.identity().inode
        fileSystem = FileSystemIdentity.text(of: place.path + "/.")
    }

    /// Where the set will be.
    var published: String { destination + "/" + name.text }

    /// Removes it from outside, should this process die.
    var undo: Release.Undo { .exec(["rm", "-rf", "--one-file-system", "--", path]) }

    /// Where the destination is not mounted, the undo would find nothing and call it a success.
    var condition: Release.Condition {
        Release.Condition(directory: destination + "/.", inode: inode, fileSystem: fileSystem)
    }

    var release: Release {
        Release(
            "partial set \"\(path)\"",
            undo: undo,
            // A destination that hangs must not keep the snapshot waiting for long.
            deadline: .seconds(20),
            repair: undo.asCommand(quotedForShell),
            handler: { try await onOwnThread { try self.discard() } }
        )
    }

    // MARK: Writing

    /// - Throws: ``ArchiveError/exists(path:)`` where the set exists; ``ArchiveError/foreignPartial(path:why:)`` where
    ///   something is in the partial one's place; ``ArchiveError/unwritable(path:errno:)``
    func create() throws(ArchiveError) {
        try checkUnpublished()
        let directory = try place.makeSet(partialName)
        made.withLock { $0 = directory }
    }

    /// - Throws: ``ArchiveError/exists(path:)``
    func checkUnpublished() throws(ArchiveError) {
        guard try !place.has(FileName(name.text)) else { throw .exists(path: published) }
    }

    /// Checks that the files that were written are still there, whole.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)``
    func check(_ parts: [ArchiveDetails.Part]) throws(ArchiveError) {
        let directory = try directory()
        for part in parts where try directory.size(of: part.name) != part.bytes {
            throw .foreignPartial(path: path, why: "its file \"\(part.name)\" is not the one that was written")
        }
    }

    /// Makes a new file of the set, readable by its owner only; the umask is overruled.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)``, ``ArchiveError/unwritable(path:errno:)``
    func makeFile(_ name: String) throws(ArchiveError) -> Archiver.Output { try directory().makeFile(name) }

    /// Makes a new file with this content.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)``, ``ArchiveError/unwritable(path:errno:)``
    func write(_ bytes: UnsafeRawBufferPointer, to name: String) throws(ArchiveError) -> ArchiveDetails.Part {
        let file = try makeFile(name)
        try FileWriter(file.descriptor, path: file.path).write(bytes)
        return ArchiveDetails.Part(
            name: name,
            bytes: Int64(bytes.count),
            xxh3: "\(Hasher128.digest(of: bytes))"
        )
    }

    // MARK: The end

    /// Makes it a set: everything is on the disk before the name appears, and the name before this returns.
    ///
    /// - Returns: why the name may not outlast a power cut, where it could not be brought to the disk: the set is there.
    /// - Throws: ``ArchiveError/exists(path:)``, ``ArchiveError/foreignPartial(path:why:)``,
    ///   ``ArchiveError/unwritable(path:errno:)``
    func publish(sync: Sync = PartialSet.sync) throws(ArchiveError) -> ArchiveError? {
        try bringToDisk(sync: sync)
        try checkUnpublished()
        try place.rename(try directory(), from: partialName, to: FileName(name.text))
        do { try place.bringToDisk(sync: sync) } catch { return error }
        return nil
    }

    /// The first part of ``publish(sync:)``; done before, it is quick there.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func bringToDisk(sync: Sync = PartialSet.sync) throws(ArchiveError) { try directory().bringToDisk(sync: sync) }

    /// Removes what was written; nothing where it is gone already, or published.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)``, ``ArchiveError/unwritable(path:errno:)``
    func discard() throws(ArchiveError) {
        guard try place.has(partialName) else { return }
        guard let found = try place.set(partialName) else { throw .unwritable(path: path, errno: ENOTDIR) }
        let own = made.withLock { $0 }
        if let own, try !own.identity().isSameFile(as: found.identity()) {
            throw .foreignPartial(path: path, why: "something else has been put in its place")
        }
        try found.removeFiles(last: nil)
        try place.removeEmpty(partialName)
    }

    private func directory() throws(ArchiveError) -> SetDirectory {
        guard let directory = made.withLock({ $0 }) else { throw .missing("the directory \"\(path)\"") }
        return directory
    }

    private static func sync(_ path: String, _ call: () throws -> Void) throws(ArchiveError) {
        try ArchiveError.writing(call)
    }
}
