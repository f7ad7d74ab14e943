import Glibc
internal import Host

/// The directory that holds the sets, held open.
///
/// All of it blocks.
///
/// It may belong to another user, which can rename and replace its members at any moment: they are reached by its
/// descriptor, no link in it is followed, and an act reaches the very directory that was looked at.
struct DestinationDirectory: Sendable {
    let path: String
    private let directory: HeldDirectory

    /// - Parameter path: as the operator names it; links in it are followed that others cannot have put there.
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``, ``ArchiveError/untrustedPath(path:why:)``
    init(_ path: String) throws(ArchiveError) {
        self.path = path
        directory = try ArchiveError.opening(path)
    }

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func identity() throws(ArchiveError) -> FileIdentity {
        try ArchiveError.reading { try directory.status().identity }
    }

    /// The names of its members, sorted.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func names() throws(ArchiveError) -> [FileName] { try ArchiveError.reading { try directory.names() } }

    /// Whether there is anything of this name.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func has(_ name: FileName) throws(ArchiveError) -> Bool {
        try ArchiveError.reading { try directory.status(of: name) } != nil
    }

    /// The directory of this name; nil where there is none.
    ///
    /// A link is none.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func set(_ name: FileName) throws(ArchiveError) -> SetDirectory? {
        try ArchiveError.reading {
            guard try directory.status(of: name)?.isDirectory == true else { return nil }
            return SetDirectory(try directory.directory(name), path: path + "/\(name)")
        }
    }

    /// Makes a directory for its owner alone; the umask is overruled.
    ///
    /// - Throws: ``ArchiveError/foreignPartial(path:why:)`` where the name is taken;
    ///   ``ArchiveError/unwritable(path:errno:)``
    func makeSet(_ name: FileName) throws(ArchiveError) -> SetDirectory {
        let path = path + "/\(name)"
        guard try !has(name) else { throw .foreignPartial(path: path, why: "it was there before") }
        let made = try ArchiveError.writing {
            let made = try directory.createDirectory(name)
            try made.setMode(0o700)
            return SetDirectory(made, path: path)
        }
        guard try made.names().isEmpty else { throw .foreignPartial(path: path, why: "it was there before") }
        return made
    }

    /// Gives a set another name, which has to be free.
    ///
    /// - Throws: ``ArchiveError/exists(path:)``; ``ArchiveError/foreignPartial(path:why:)`` where another directory has
    ///   been put in its place; ``ArchiveError/unwritable(path:errno:)``
    func rename(_ set: SetDirectory, from name: FileName, to new: FileName) throws(ArchiveError) {
        guard try isPlace(name, of: set) else { throw Self.replaced(set.path) }
        do { try ArchiveError.writing { try directory.rename(name, to: new) } } catch {
            if case .unwritable(_, EEXIST) = error { throw .exists(path: path + "/\(new)") }
            throw error
        }
        guard try isPlace(new, of: set) else { throw Self.replaced(path + "/\(new)") }
    }

    /// Removes an empty directory that has this name.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func removeEmpty(_ name: FileName) throws(ArchiveError) {
        try ArchiveError.writing { try directory.removeDirectory(name) }
    }

    /// Brings the names of its members to the disk.
    ///
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func bringToDisk(sync: PartialSet.Sync) throws(ArchiveError) {
        try sync(path) { try directory.sync() }
    }

    private func isPlace(_ name: FileName, of set: SetDirectory) throws(ArchiveError) -> Bool {
        guard let found = try ArchiveError.reading({ try directory.status(of: name) }) else { return false }
        return found.identity.isSameFile(as: try set.identity())
    }

    private static func replaced(_ path: String) -> ArchiveError {
        .foreignPartial(path: path, why: "something else has been put in its place")
    }
}
