import Glibc

/// Goes through trees, giving each directory before what it holds.
///
/// Memory: a batch of names, the directories still to be read, and one name for every file with several links.
final class TreeWalk {
    private struct Pending {
        var entry: Entry
        /// Relative to the tree's root, without "./".
        var path: [UInt8]
        var tree: SourceTree
    }

    private struct Reading {
        var reader: DirectoryReader
        var directory: Pending
        var batch: ArraySlice<[UInt8]> = []
    }

    private struct FileID: Hashable {
        var device: UInt64
        var inode: UInt64
    }

    private var trees: ArraySlice<SourceTree>
    private let excludes: ExcludePatterns
    private var pending: [Pending] = []
    private var reading: Reading?
    private var owners = OwnerNames()
    private var linked: [FileID: RawPath] = [:]
    private(set) var leftOut = LeftOut()

    init(_ trees: [SourceTree], excludes: ExcludePatterns) {
        self.trees = trees[...]
        self.excludes = excludes
    }

    /// The next member, or nil at the end.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    func next() throws(ArchiveError) -> Entry? {
        while true {
            if reading != nil {
                if let entry = try nextInDirectory() { return entry }
                reading = nil
            } else if let directory = pending.popLast() {
                reading = Reading(reader: try DirectoryReader(directory.entry.source), directory: directory)
                return directory.entry
            } else if let tree = trees.popFirst() {
                if let entry = try enter(tree) { return entry }
            } else {
                return nil
            }
        }
    }

    /// The root of a tree: a directory is put on the stack, anything else is a member by itself.
    private func enter(_ tree: SourceTree) throws(ArchiveError) -> Entry? {
        let status = try FileStatus(of: tree.root)
        guard let entry = try makeEntry(tree.root, name: tree.name, status) else { return nil }
        guard entry.kind == .directory else { return entry }
        pending.append(Pending(entry: entry, path: [], tree: tree))
        return nil
    }

    private func nextInDirectory() throws(ArchiveError) -> Entry? {
        while let name = try nextName(), let directory = reading?.directory {
            let path = directory.path.isEmpty ? name : directory.path + [UInt8(ascii: "/")] + name
            if directory.tree.isDataDirectory, directory.path.isEmpty, Self.isNotData(name) { continue }
            let source = directory.entry.source.appending(name)
            let status = try FileStatus(of: source)
            if directory.tree.isDataDirectory, excludes.match(path, isDirectory: status.isDirectory) {
                leftOut.excluded += 1
                continue
            }
            let member = directory.entry.name.appending(name)
            guard let entry = try makeEntry(source, name: member, status) else { continue }
            guard entry.kind == .directory else { return entry }
            pending.append(Pending(entry: entry, path: path, tree: directory.tree))
        }
        return nil
    }

    private func nextName() throws(ArchiveError) -> [UInt8]? {
        if reading?.batch.isEmpty ?? true, let reader = reading?.reader {
            reading?.batch = try reader.nextBatch()[...]
        }
        return reading?.batch.popFirst()
    }

    private func makeEntry(
        _ source: RawPath,
        name: RawPath,
        _ status: FileStatus
    ) throws(ArchiveError) -> Entry? {
        guard let kind = try kind(of: status, source, name) else {
            leftOut.note(name)
            return nil
        }
        return Entry(
            name: kind == .directory && name.bytes.last != UInt8(ascii: "/")
                ? RawPath(bytes: name.bytes + [UInt8(ascii: "/")]) : name,
            source: source,
            kind: kind,
            status: status,
            ownerName: owners.user(status.owner),
            groupName: owners.group(status.group)
        )
    }

    private func kind(
        of status: FileStatus,
        _ source: RawPath,
        _ name: RawPath
    ) throws(ArchiveError) -> Entry.Kind? {
        if status.links > 1, !status.isDirectory, status.type != S_IFSOCK {
            let id = FileID(device: status.device, inode: status.inode)
            if let first = linked[id] { return .hardLink(target: first) }
            linked[id] = name
        }
        switch status.type {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        case S_IFLNK: return .symbolicLink(target: try readLink(source))
        case S_IFIFO: return .fifo
        case S_IFCHR: return .characterDevice
        case S_IFBLK: return .blockDevice
        default: return nil
        }
    }

    private func readLink(_ path: RawPath) throws(ArchiveError) -> RawPath {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = path.withCString { readlink($0, &target, target.count) }
        guard length >= 0 else { throw .unreadable(path: path.description, offset: nil, errno: errno) }
        return RawPath(bytes: target.prefix(length).map { UInt8(bitPattern: $0) })
    }

    /// What may lie at the root of a data directory and belongs to the file system, or to a restored backup.
    private static func isNotData(_ name: [UInt8]) -> Bool {
        name == Array("lost+found".utf8) || name == Array(".lvmbackup".utf8)
    }
}

/// What the archive does not hold, and was not asked to.
struct LeftOut: Sendable {
    /// Members left out by a pattern; directories count as one.
    var excluded = 0
    /// Sockets.
    private(set) var sockets = 0
    /// The first of them by name.
    private(set) var examples: [String] = []

    mutating func note(_ name: RawPath) {
        sockets += 1
        if examples.count < 5 { examples.append(name.description) }
    }
}
