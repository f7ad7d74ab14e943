import CLinux
import Glibc
internal import Host

/// The directory that a restore fills, held open.
///
/// Members are made below it by descriptor: no symbolic link in it is followed. All of it blocks.
final class TargetTree {
    let path: String
    let root: HeldDirectory
    /// Set while other users are kept out; nil where this process cannot do that.
    private(set) var seal: TargetSeal?
    /// The directory of the last member: most members share it with the one before.
    private var last: (path: MemberPath, directory: HeldDirectory)?

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``, ``ArchiveError/untrustedPath(path:why:)``
    init(_ path: String) throws(ArchiveError) {
        self.path = path
        root = try ArchiveError.opening(path)
    }

    /// The directory at a place; those that are missing are made.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``, also where something else than a directory is in its place.
    func directory(_ place: MemberPath) throws(ArchiveError) -> HeldDirectory {
        if place.isTarget { return root }
        if let last, last.path == place { return last.directory }
        let directory = try ArchiveError.writing { () throws -> HeldDirectory in
            do { return try root.directory(place.fileName) } catch HostError.systemCall(_, _, ENOENT) {
                return try makeDirectory(place)
            }
        }
        last = (place, directory)
        return directory
    }

    /// A directory that is no member of the archive may be above others: it gets what tar gives it.
    ///
    /// The mask of this process, which would close it to the owners of the members below, does not count.
    private func makeDirectory(_ place: MemberPath) throws -> HeldDirectory {
        let parent = try directory(place.parent)
        let made = try parent.createDirectory(place.last)
        try MemberMetadata.removeLists(from: made.number, path: made.path)
        try made.setMode(0o755)
        return made
    }

    /// Makes a new file.
    ///
    /// A member of this name is removed first, unless it is a directory.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func createFile(_ name: FileName, in directory: HeldDirectory) throws(ArchiveError) -> HeldFile {
        try ArchiveError.writing {
            do { return try directory.create(name) } catch HostError.systemCall(_, _, EEXIST) {
                try directory.remove(name)
                return try directory.create(name)
            }
        }
    }

    /// Makes a symbolic link, a FIFO or another name of a file by one of the kernel's `…at` calls.
    ///
    /// - Parameter call: gets the directory's descriptor and the name.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func make(
        _ place: MemberPath,
        _ call: (Int32, UnsafePointer<CChar>) -> Int32
    ) throws(ArchiveError) {
        let directory = try directory(place.parent)
        try ArchiveError.writing { try directory.remove(place.last) }
        let result = RawPath(bytes: place.last.bytes).withCString { call(directory.number, $0) }
        guard result == 0 else { throw .unwritable(path: describe(place), errno: errno) }
    }

    /// Keeps other users out until the end.
    func close(_ seal: TargetSeal) throws {
        try seal.close(root)
        self.seal = seal
    }

    /// Puts the file of an earlier server back in the place of a placeholder; removes it where a member has its name.
    func endPlaceholder(_ name: FileName) throws {
        let former = LastNames.former(name)
        if try root.status(of: former) == nil { return try removePlaceholder(name) }
        let isFree = try root.status(of: name) == nil
        if try isFree || isPlaceholder(name) { try root.replace(name, by: former) } else { try root.remove(former) }
    }

    /// Removes the text that keeps servers from starting; anything else of this name stays.
    func removePlaceholder(_ name: FileName) throws {
        if try isPlaceholder(name) { try root.remove(name) }
    }

    /// Whether a file is the text that keeps servers from starting.
    func isPlaceholder(_ name: FileName) throws -> Bool {
        let text = Array(LastNames.placeholderText.utf8)
        guard let status = try root.status(of: name), status.isRegular, status.size == UInt64(text.count) else {
            return false
        }
        return try root.file(name).read(from: 0, count: text.count) == text
    }

    /// Writes out everything that the file system has not written yet.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func bringToDisk() throws(ArchiveError) {
        guard linux_syncfs(root.number) == 0 else { throw .unwritable(path: path, errno: errno) }
    }

    func describe(_ place: MemberPath) -> String { place.isTarget ? path : "\(path)/\(place)" }
}
