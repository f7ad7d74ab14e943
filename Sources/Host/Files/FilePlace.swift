#if canImport(Glibc)
    import Glibc
#endif

/// The place of a file that the operator names: its directory, held open, and its name there.
///
/// The directory may belong to another user, such as that of a web server. A symbolic link on the way to it is followed only
/// where no other user could have put it, and nothing is written through a link, or into a file, that has the name.
package struct FilePlace: Sendable {
    package let directory: HeldDirectory
    package let name: FileName

    /// - Throws: ``HostError/systemCall(_:on:errno:)``, also for a path that cannot be a file's;
    ///   ``HostError/malformed(_:reason:)`` for a link of others.
    package init(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, !last.isEmpty, last != ".", last != ".." else {
            throw HostError.systemCall("create", on: path, errno: EISDIR)
        }
        let parent = parts.dropLast().joined(separator: "/")
        directory = try HeldDirectory.following(parts.count == 1 ? "." : parent.isEmpty ? "/" : parent)
        name = FileName(String(last))
    }

    /// Puts a new file with this content into its place: a reader never sees half of it.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; the old file stays then.
    package func write(_ bytes: [UInt8], mode: UInt32) throws {
        let new = try begin()
        do {
            try new.file.write(bytes, at: 0)
            try new.file.setMode(mode)
        } catch {
            new.discard()
            throw error
        }
        try new.publish()
    }

    /// Makes a new file beside it, for this user alone.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func begin() throws -> NewFile {
        let temporary = FileName(".lvmbackup-\(UInt64.random(in: .min ... .max))")
        return NewFile(file: try directory.create(temporary), place: self, temporary: temporary)
    }
}

/// A file that gets its name when it is whole, in the place of the one that has it.
package struct NewFile: Sendable {
    package let file: HeldFile
    fileprivate let place: FilePlace
    fileprivate let temporary: FileName

    /// Gives it its name, once its bytes are on the disk.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; the file is gone then.
    package func publish() throws {
        do {
            try file.sync()
            try place.directory.replace(place.name, by: temporary)
        } catch {
            discard()
            throw error
        }
    }

    package func discard() {
        // The error that led here tells more.
        try? place.directory.remove(temporary)
    }
}
