/// Something in the tree that becomes a member of the archive.
struct Entry: Sendable {
    enum Kind: Sendable, Equatable {
        case file, directory, fifo, characterDevice, blockDevice
        case symbolicLink(target: RawPath)
        /// Another name of a file that is in the archive already, under `target`.
        case hardLink(target: RawPath)
    }

    /// The member's name in the archive.
    var name: RawPath
    /// Where it is read from.
    var source: RawPath
    var kind: Kind
    var status: FileStatus
    var ownerName: [UInt8]
    var groupName: [UInt8]

    /// Bytes of content as a reader of the file sees them.
    var size: Int64 { kind == .file ? status.size : 0 }
}

/// A directory (or a single file) that goes into the archive, and under which name.
struct SourceTree: Sendable {
    var root: RawPath
    /// The name of the root's own member: "./" for the data directory.
    let name: RawPath
    /// Whether the rules for a data directory's root apply.
    var isDataDirectory: Bool
    /// Patterns of the root directory's archived members; nil for all of them.
    private let names: [Glob]?
    /// Where the tree is in the archive, as the exclude patterns see it.
    let place: [UInt8]

    init(root: RawPath, name: RawPath, isDataDirectory: Bool, names: [String]? = nil) {
        self.root = root
        self.name = name
        self.isDataDirectory = isDataDirectory
        self.names = names.map(Glob.patterns)
        place = Array(name.bytes.dropFirst("./".utf8.count))
    }

    func takes(_ name: [UInt8]) -> Bool {
        guard let names else { return true }
        return names.contains { $0.matches(name) }
    }
}
