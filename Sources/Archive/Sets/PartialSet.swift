import Glibc
import Lifecycle

/// A backup set that is being written: a directory that nobody but its run knows, until it is renamed.
///
/// All of it blocks.
struct PartialSet: Sendable {
    let destination: String
    let name: SetName
    let path: String
    /// The destination's inode number, which outlasts a restart, as the device's number need not.
    private let inode: UInt64
    private let fileSystem: String?

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)`` where there is no destination.
    init(_ name: SetName, in destination: String, run: String) throws(ArchiveError) {
        self.destination = destination
        self.name = name
        path = destination + "/" + name.partial(run: run)
        inode = try FileStatus(of: RawPath(destination + "/.")).inode
        fileSystem = FileSystemIdentity.text(of: destination + "/.")
    }

    /// One that exists already, as the archive step left it.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)`` where it is not a directory in the destination.
    init(_ name: SetName, in destination: String, at path: String) throws(ArchiveError) {
        self.destination = destination
        self.name = name
        self.path = path
        let status = try FileStatus(of: RawPath(path))
        guard status.isDirectory else { throw .foreignPartial(path: path, why: "it is no directory") }
        guard status.owner == geteuid() else { throw .foreignPartial(path: path, why: "another user owns it") }
        let parent = try FileStatus(of: RawPath(path + "/.."))
        let expected = try FileStatus(of: RawPath(destination + "/."))
        guard (parent.device, parent.inode) == (expected.device, expected.inode) else {
            throw .foreignPartial(path: path, why: "it is not in \"\(destination)\"")
        }
        inode = expected.inode
        fileSystem = FileSystemIdentity.text(of: destination + "/.")
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
            repair: undo.asCommand,
            attempt: { try await onOwnThread { try discard() } }
        )
    }

    // MARK: Writing

    /// - Throws: ``ArchiveError/exists(path:)`` where the set, or something in the partial one's place, exists;
    ///   ``ArchiveError/unwritable(path:errno:)``
    func create() throws(ArchiveError) {
        try checkUnpublished()
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { throw .foreignPartial(path: path, why: "it was there before") }
            throw .unwritable(path: path, errno: errno)
        }
        // The umask may have taken rights away.
        guard chmod(path, 0o700) == 0 else { throw .unwritable(path: path, errno: errno) }
    }

    /// - Throws: ``ArchiveError/exists(path:)``
    func checkUnpublished() throws(ArchiveError) {
        var status = stat()
        guard lstat(published, &status) != 0 else { throw .exists(path: published) }
    }

    /// A new file of the set, readable by its owner only, whatever the umask.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func makeFile(_ name: String) throws(ArchiveError) -> Archiver.Output {
        let path = path + "/" + name
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw .unwritable(path: path, errno: errno) }
        let descriptor = Descriptor(number)
        guard fchmod(number, 0o600) == 0 else { throw .unwritable(path: path, errno: errno) }
        return Archiver.Output(descriptor: descriptor, path: path)
    }

    /// A new file with this content.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
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
    /// - Parameter sync: brings a file or directory to the disk.
    /// - Returns: why the name may not outlast a power cut, where it could not be brought to the disk: the set is there.
    /// - Throws: ``ArchiveError/exists(path:)``, ``ArchiveError/unwritable(path:errno:)``
    func publish(sync: (String) throws(ArchiveError) -> Void = Self.sync) throws(ArchiveError) -> ArchiveError? {
        try bringToDisk(sync: sync)
        try checkUnpublished()
        guard FlatDirectory.rename(path, to: published) else {
            if errno == EEXIST { throw .exists(path: published) }
            throw .unwritable(path: published, errno: errno)
        }
        do { try sync(destination + "/.") } catch { return error }
        return nil
    }

    /// What ``publish(sync:)`` begins with; done before, it is quick there.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func bringToDisk(sync: (String) throws(ArchiveError) -> Void = Self.sync) throws(ArchiveError) {
        for file in try FlatDirectory.names(in: path) { try sync(path + "/" + file) }
        try sync(path)
    }

    /// Removes what was written; nothing where it is gone already, or published.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func discard() throws(ArchiveError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            guard errno == ENOENT else { throw .unwritable(path: path, errno: errno) }
            return
        }
        try FlatDirectory.remove(path, last: nil)
    }

    private static func sync(_ path: String) throws(ArchiveError) {
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw .unwritable(path: path, errno: errno) }
        let descriptor = Descriptor(number)
        guard fsync(descriptor.number) == 0 else { throw .unwritable(path: path, errno: errno) }
    }
}
