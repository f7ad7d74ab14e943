package import Host

/// The data outside the recorded data directory that a private server is to see at its own places.
package enum OutsideData: Sendable {
    /// Directories, by their paths on the server's host.
    case directories([String: HeldDirectory])
    /// Files, directories and symbolic links of the server's host; the directory has them by their absolute paths.
    case tree(HeldDirectory, paths: [String])

    package static let none = OutsideData.directories([:])
}

/// The directories of this host over which data outside the data directory is laid.
struct OutsideView {
    /// A directory of the server's host.
    struct Part {
        /// On the server's host.
        var path: String
        /// On this host, without symbolic links.
        var real: String
        var copy: HeldDirectory
    }

    /// None of them lies in another one.
    private(set) var parts: [Part] = []
    /// The paths that the server's settings may name: the directories, and symbolic links.
    private(set) var known: [String] = []

    /// - Parameter coverable: the path without symbolic links of a directory that data may be laid over; nil for others.
    /// - Throws: ``MySQLError/noPlace(_:)``, ``MySQLError/noLink(_:to:)``, `HostError`.
    init(_ data: OutsideData, coverable: (String) -> String?) throws {
        var found: [Part] = []
        switch data {
        case .directories(let copies):
            for (path, copy) in copies { found.append(try Self.part(path, copy, coverable)) }
        case .tree(let root, let paths):
            let members = try Self.members(paths, of: root)
            known = members.links
            for path in members.directories {
                found.append(try Self.part(path, root.directory(Self.name(path)), coverable))
            }
            // The links of this host do where the directory above them cannot be covered.
            for link in members.links {
                let parent = FilePath.directory(of: link)
                if let real = coverable(parent) {
                    found.append(Part(path: parent, real: real, copy: try root.directory(Self.name(parent))))
                } else {
                    try Self.checkLink(link, to: root.target(of: Self.name(link)).description)
                }
            }
        }
        // The copy of the upper directory has the lower ones in it.
        for part in found.sorted(by: { $0.path < $1.path })
        where !parts.contains(where: { part.path.isBelow($0.path) }) {
            parts.append(part)
        }
        known += parts.map(\.path)
    }

    private static func part(_ path: String, _ copy: HeldDirectory, _ coverable: (String) -> String?) throws -> Part {
        guard let real = coverable(path) else { throw MySQLError.noPlace(path) }
        return Part(path: path, real: real, copy: copy)
    }

    /// A pattern may have left some of the paths out of the set.
    private static func members(
        _ paths: [String],
        of root: HeldDirectory
    ) throws -> (directories: Set<String>, links: [String]) {
        var (directories, links): (Set<String>, [String]) = ([], [])
        for path in paths.map(FilePath.normalized) where path != "/" {
            switch try root.status(of: name(path))?.kind {
            case nil: continue
            case .directory: directories.insert(path)
            case .link: links.append(path)
            default: directories.insert(FilePath.directory(of: path))
            }
        }
        return (directories, links)
    }

    /// The set is trusted with no more than what this host has anyway.
    private static func checkLink(_ link: String, to target: String) throws {
        let parent = FilePath.directory(of: link)
        // A directory that cannot be looked at has no such link.
        let own = try? HeldDirectory(FileSystem.realPath(parent)).target(of: FileName(FilePath.name(of: link)))
        guard own?.description == target else { throw MySQLError.noLink(link, to: target) }
    }

    private static func name(_ path: String) -> FileName { FileName(String(path.drop { $0 == "/" })) }

    /// The covers with that of the data directory, in their order.
    ///
    /// The data directory may lie in a directory that is covered, too: it needs a place in the copy then.
    ///
    /// - Throws: `HostError`
    func covers(with data: NamespaceCopy.Cover) throws -> [NamespaceCopy.Cover] {
        for part in parts where data.target != part.real && data.target.isBelow(part.real) {
            var place = part.copy
            for name in data.target.pathComponents.dropFirst(part.real.pathComponents.count).map({ FileName($0) }) {
                place =
                    try place.status(of: name) == nil
                    ? place.createDirectory(name, mode: 0o755) : place.directory(name)
            }
        }
        let covers = [data] + parts.map { NamespaceCopy.Cover($0.copy, over: $0.real) }
        return covers.sorted { $0.target.pathComponents.count < $1.target.pathComponents.count }
    }
}
