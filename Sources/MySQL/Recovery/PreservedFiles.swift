import Host

/// Files of the copy that a server writes when it starts and stops, but that have to stay as the snapshot had them.
///
/// These are binary logs and their index, relay logs, lists of pages, files of state.
///
/// The copy belongs to the server's user: it is read and written by descriptor, and only its regular files are.
struct PreservedFiles: Sendable {
    private struct Saved: Sendable {
        let directory: HeldDirectory
        let name: FileName
        let status: FileStatus
        let content: PreservedContent

        var path: String { "\(directory.path)/\(name)" }
    }

    private let directories: [(directory: HeldDirectory, names: Set<FileName>)]
    private let saved: [Saved]

    /// - Parameters:
    ///   - directories: of the copy; the files directly in them are saved.
    ///   - logs: the offset at which each log ends, without what a start may cut off; by path.
    ///   - data: paths that are never touched.
    ///   - room: how many bytes are kept in memory at most.
    /// - Throws: `HostError`.
    init(
        in directories: [HeldDirectory],
        logs: [String: UInt64],
        data: Set<String>,
        room: Int = 256 << 20
    ) throws {
        var (seen, saved, room): ([(HeldDirectory, Set<FileName>)], [Saved], Int) = ([], [], room)
        for directory in directories {
            let names = try Self.files(in: directory)
            seen.append((directory, Set(names)))
            for name in names {
                let path = "\(directory.path)/\(name)"
                guard !data.contains(path) else { continue }
                let file = try directory.file(name)
                let status = try file.status()
                guard let content = try PreservedContent(of: file, status, end: logs[path], room: &room) else {
                    continue
                }
                saved.append(Saved(directory: directory, name: name, status: status, content: content))
            }
        }
        self.directories = seen
        self.saved = saved
    }

    /// Puts everything back, and removes new files.
    ///
    /// - Throws: `HostError`, ``MySQLError/system(_:on:reason:)``.
    func restore() throws {
        for (directory, names) in directories {
            for name in try Self.files(in: directory) where !names.contains(name) { try directory.remove(name) }
        }
        for file in saved { try restore(file) }
    }

    /// The names of regular files that are not the storage engines' own.
    private static func files(in directory: HeldDirectory) throws -> [FileName] {
        try directory.names().filter { name in
            // A name that is no UTF-8 is no server's.
            guard let text = name.text, !isData(text) else { return false }
            return try directory.status(of: name)?.isRegular == true
        }
    }

    private static func isData(_ name: String) -> Bool {
        let prefixes = [
            "ibdata", "ib_logfile", "ibtmp", "undo", "aria_log", "#", "ddl_recovery", "ddl-recovery", "tc.log",
        ]
        return prefixes.contains { name.hasPrefix($0) } || name.hasSuffix(".ibd") || name.hasSuffix(".ibu")
    }

    /// Writes only differences: an unchanged file is left alone.
    private func restore(_ saved: Saved) throws {
        guard let file = try sameFile(saved) else { return try recreate(saved) }
        let now = try file.status()
        if now.isUnmodified(since: saved.status) { return }
        guard saved.content.suffices(against: now, saved.status) else {
            throw refusal(saved, "the recovery server changed it, and its content was too large to be kept")
        }
        if now.size > saved.status.size { try file.truncate(to: saved.status.size) }
        try saved.content.write(to: file)
        try file.setTimes(saved.status)
    }

    /// Nil where the name is free now, or another file's: a server renames a new index into its place.
    ///
    /// Another file may have further names, through which other content would be overwritten.
    private func sameFile(_ saved: Saved) throws -> HeldFile? {
        guard let now = try saved.directory.status(of: saved.name), now.identity.isRegular,
            now.identity.isSameFile(as: saved.status.identity)
        else { return nil }
        let file = try saved.directory.file(saved.name, forWriting: true)
        return try file.status().identity.isSameFile(as: saved.status.identity) ? file : nil
    }

    private func recreate(_ saved: Saved) throws {
        guard saved.content.isWhole(saved.status) else {
            throw refusal(saved, "the recovery server removed or replaced it")
        }
        if try saved.directory.status(of: saved.name)?.isDirectory == true {
            throw refusal(saved, "the recovery server made a directory of it")
        }
        try saved.directory.remove(saved.name)
        let file = try saved.directory.create(saved.name)
        try saved.content.write(to: file)
        try file.setOwner(uid: saved.status.identity.uid, gid: saved.status.identity.gid)
        try file.setMode(saved.status.identity.mode & 0o7777)
        try file.setTimes(saved.status)
    }

    private func refusal(_ saved: Saved, _ reason: String) -> MySQLError {
        .system("recover", on: saved.path, reason: reason)
    }
}
