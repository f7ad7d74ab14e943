import Glibc
internal import Host

/// The directory of a backup set, held open.
///
/// It holds files only. All of it blocks.
struct SetDirectory: Sendable {
    /// For messages only.
    let path: String
    private let directory: HeldDirectory

    init(_ directory: HeldDirectory, path: String) {
        self.directory = directory
        self.path = path
    }

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func identity() throws(ArchiveError) -> FileIdentity {
        try ArchiveError.reading { try directory.status().identity }
    }

    /// The names of its members, sorted.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func names() throws(ArchiveError) -> [FileName] { try ArchiveError.reading { try directory.names() } }

    /// The size of a regular file, in bytes; nil where there is none of this name.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func size(of name: String) throws(ArchiveError) -> Int64? {
        guard !name.contains("/") else { return nil }
        let status = try ArchiveError.reading { try directory.status(of: FileName(name)) }
        return status.flatMap { $0.isRegular ? Int64($0.size) : nil }
    }

    /// - Throws: ``ArchiveError/badManifest(path:why:)`` for what is no regular file, or longer than `limit` bytes;
    ///   ``ArchiveError/unreadable(path:offset:errno:)``
    func read(_ name: String, limit: Int) throws(ArchiveError) -> [UInt8] {
        try ArchiveError.reading { try directory.file(FileName(name)).read(limit: limit) }
    }

    /// Opens a regular file for reading.
    ///
    /// - Throws: ``ArchiveError/badManifest(path:why:)`` for what is no regular file;
    ///   ``ArchiveError/unreadable(path:offset:errno:)``
    func open(_ name: String) throws(ArchiveError) -> Descriptor {
        let file = try ArchiveError.reading { try directory.file(FileName(name)) }
        let number = fcntl(file.number, F_DUPFD_CLOEXEC, 0)
        guard number >= 0 else { throw .unreadable(path: path + "/" + name, offset: nil, errno: errno) }
        return Descriptor(number)
    }

    /// Locks the set for as long as this value lives: readers share it, a removal has it alone.
    ///
    /// - Returns: false where another has a lock that does not go with this one.
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func lock(exclusively: Bool) throws(ArchiveError) -> Bool {
        guard flock(directory.number, (exclusively ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 else { return true }
        // A file system without locks cannot keep anything from being removed.
        if [ENOTSUP, ENOLCK, EINVAL, EBADF].contains(errno) { return true }
        guard errno == EWOULDBLOCK else { throw .unreadable(path: path, offset: nil, errno: errno) }
        return false
    }

    /// Makes a new file, readable by its owner only; the umask is overruled.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)`` where the directory belongs to another user;
    ///   ``ArchiveError/unwritable(path:errno:)``
    func makeFile(_ name: String) throws(ArchiveError) -> Archiver.Output {
        let file = try ArchiveError.writing { try directory.create(FileName(name)) }
        // Network file systems may give root's files to another user: the directory's owner must be the same.
        guard try ArchiveError.reading({ try file.status().identity.uid }) == identity().uid else {
            try ArchiveError.writing { try directory.remove(FileName(name)) }
            throw .foreignPartial(path: path, why: "another user owns it")
        }
        try ArchiveError.writing { try file.setMode(0o600) }
        let number = fcntl(file.number, F_DUPFD_CLOEXEC, 0)
        guard number >= 0 else { throw .unwritable(path: path + "/" + name, errno: errno) }
        return Archiver.Output(descriptor: Descriptor(number), path: path + "/" + name)
    }

    /// Removes a file.
    ///
    /// A missing file is no error.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func remove(_ name: String) throws(ArchiveError) {
        try ArchiveError.writing { try directory.remove(FileName(name)) }
    }

    /// Gives a file the name of another one, which is replaced in one step, and brings the name to the disk.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func replace(_ name: String, by new: String) throws(ArchiveError) {
        try ArchiveError.writing {
            try directory.replace(FileName(name), by: FileName(new))
            try directory.sync()
        }
    }

    /// Brings all files and their names to the disk.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func bringToDisk(sync: PartialSet.Sync) throws(ArchiveError) {
        for name in try names() {
            try sync(path + "/\(name)") { try directory.file(name).sync() }
        }
        try sync(path) { try directory.sync() }
    }

    /// Removes the files in it; never follows a link, never goes into a directory.
    ///
    /// - Parameter last: the file that goes last: as long as it is there, the directory says what it is.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, ``ArchiveError/unreadable(path:offset:errno:)``
    func removeFiles(last: FileName?) throws(ArchiveError) {
        let names = try names()
        for name in names.filter({ $0 != last }) + names.filter({ $0 == last }) {
            try ArchiveError.writing { try directory.remove(name) }
        }
    }
}
