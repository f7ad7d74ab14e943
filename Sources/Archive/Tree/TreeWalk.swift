import Glibc

/// Goes through trees, and gives each directory before its members.
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

        init(_ status: FileStatus) {
            device = status.device
            inode = status.inode
        }
    }

    private var trees: ArraySlice<SourceTree>
    private let excludes: ExcludePatterns
    private let temporary: TemporaryData
    private let owner: DataOwner?
    private var pending: [Pending] = []
    private var reading: Reading?
    private var owners = OwnerNames()
    private var linked: [FileID: RawPath] = [:]
    /// Roots of trees: one inside another tree is not taken twice.
    private var roots: Set<FileID> = []
    private(set) var leftOut = LeftOut()

    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``
    init(
        _ trees: [SourceTree],
        excludes: ExcludePatterns,
        temporary: TemporaryData = TemporaryData()
    ) throws(ArchiveError) {
        self.trees = trees[...]
        self.excludes = excludes
        self.temporary = temporary
        guard let data = trees.first(where: \.isDataDirectory) else {
            owner = nil
            return
        }
        owner = try DataOwner(of: data.root)
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
        if !tree.isDataDirectory, isExcluded(tree, status) {
            leftOut.excluded += 1
            return nil
        }
        guard let entry = try makeEntry(tree.root, name: tree.name, status) else { return nil }
        guard entry.kind == .directory else { return entry }
        roots.insert(FileID(status))
        pending.append(Pending(entry: entry, path: [], tree: tree))
        return nil
    }

    /// Whether a pattern leaves out all of a tree.
    private func isExcluded(_ tree: SourceTree, _ status: FileStatus) -> Bool {
        let name = tree.name.name
        let place = tree.place.dropLast(name.count + 1)
        return leavesOut(Array(name), in: Array(place), status)
    }

    private func leavesOut(_ path: [UInt8], in place: [UInt8], _ status: FileStatus) -> Bool {
        let patterns = excludes.matching(path, in: place, isDirectory: status.isDirectory)
        if place.isEmpty { leftOut.noteName(path) }
        leftOut.patterns.formUnion(patterns)
        return !patterns.isEmpty
    }

    private func nextInDirectory() throws(ArchiveError) -> Entry? {
        while let name = try nextName(), let directory = reading?.directory {
            let path = directory.path.isEmpty ? name : directory.path + [UInt8(ascii: "/")] + name
            if directory.path.isEmpty, !isData(name, of: directory.tree) { continue }
            let source = directory.entry.source.appending(name)
            let status = try FileStatus(of: source)
            if status.isDirectory, roots.contains(FileID(status)) { continue }
            if leavesOut(path, in: directory.tree.place, status) {
                leftOut.excluded += 1
                continue
            }
            guard isServers(source, name, status, of: directory) else { continue }
            let member = directory.entry.name.appending(name)
            guard let entry = try makeEntry(source, name: member, status) else { continue }
            guard entry.kind == .directory else { return entry }
            pending.append(Pending(entry: entry, path: path, tree: directory.tree))
        }
        return nil
    }

    /// Whether a member is not temporary, and, outside the data directory, readable for the server.
    private func isServers(_ source: RawPath, _ name: [UInt8], _ status: FileStatus, of directory: Pending) -> Bool {
        if status.isRegular, temporary.holds(name, in: directory.entry.source) {
            leftOut.temporary += 1
            return false
        }
        guard !directory.tree.isDataDirectory, status.isRegular || status.isDirectory, let owner else { return true }
        if owner.mayRead(source, isDirectory: status.isDirectory) { return true }
        leftOut.noteUnreadable(source)
        return false
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
            let id = FileID(status)
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

    /// At the root of a data directory there may be files of the file system itself, or of a restored backup.
    private func isData(_ name: [UInt8], of tree: SourceTree) -> Bool {
        guard tree.isDataDirectory else { return tree.takes(name) }
        return name != Array("lost+found".utf8) && name != Array(".lvmbackup".utf8)
    }
}

/// Files that the archive lacks without having been excluded.
struct LeftOut: Sendable {
    /// Members left out by a pattern; directories count as one.
    var excluded = 0
    /// The numbers of the patterns that left something out.
    var patterns: Set<Int> = []
    /// Names in the data directory and its databases, for a pattern that matches none; not all of many.
    private(set) var names: [String] = []
    /// Files that the server makes anew.
    var temporary = 0
    /// Sockets.
    private(set) var sockets = 0
    /// The first of them by name.
    private(set) var examples: [String] = []

    /// Files outside the data directory that the server cannot read.
    private(set) var unreadable = 0
    /// The first of them by name.
    private(set) var unreadableExamples: [String] = []

    mutating func noteName(_ path: [UInt8]) {
        guard names.count < 1000, path.count(where: { $0 == UInt8(ascii: "/") }) < 2 else { return }
        names.append(String(decoding: path, as: UTF8.self))
    }

    mutating func noteUnreadable(_ path: RawPath) {
        unreadable += 1
        if unreadableExamples.count < 5 { unreadableExamples.append(path.description) }
    }

    mutating func note(_ name: RawPath) {
        sockets += 1
        if examples.count < 5 { examples.append(name.description) }
    }
}
