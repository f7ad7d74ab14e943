internal import Host
package import Lifecycle

/// The files of the data without which the server does not start, and patterns that would leave them out.
package struct EssentialFiles: Sendable {
    /// A file, or a directory above it, with the kind by which patterns match it.
    private struct Found {
        var path: [UInt8]
        var isDirectory: Bool
    }

    private let mountPoint: String
    private let sources: SourceTrees
    private let paths: [DataPath]

    /// - Parameters:
    ///   - mount: the snapshot, or the server's own file system before there is one.
    ///   - paths: everything that belongs to the server's data.
    package init(_ mount: Mount, _ paths: [DataPath]) {
        mountPoint = mount.mountPoint
        sources = SourceTrees(mount, paths)
        self.paths = paths.filter { $0.role.isEssential && $0.role != .datadir }
    }

    /// Blocks.
    ///
    /// - Throws: ``ArchiveError/essential(pattern:path:word:)``, ``ArchiveError/badPattern(_:why:)``,
    ///   ``ArchiveError/unreadable(path:offset:errno:)``
    package func refuse(_ patterns: [String]) throws(ArchiveError) {
        let parsed = try ExcludePatterns(patterns)
        guard !patterns.isEmpty, !paths.isEmpty else { return }
        let top = try ArchiveError.reading { try HeldDirectory(mountPoint + "/.") }
        for path in paths {
            for found in try ArchiveError.reading({ try files(of: path, top) }) {
                guard let index = pattern(of: parsed, leavingOut: found, in: path) else { continue }
                let name = found.path.isEmpty ? "" : "/" + String(decoding: found.path, as: UTF8.self)
                throw .essential(pattern: patterns[index], path: path.path + name, word: path.role.word)
            }
        }
    }

    /// The files that are there, relative to the path.
    ///
    /// A name with a wildcard stands for files alone, because a database may have such a name, too.
    private func files(of path: DataPath, _ top: HeldDirectory) throws -> [Found] {
        let place = path.pathOnVolume.isEmpty ? FileName(".") : FileName(path.pathOnVolume)
        guard let status = try top.status(of: place) else { return [] }
        guard let names = path.names, status.isDirectory else {
            return [Found(path: [], isDirectory: status.isDirectory)]
        }
        let globs = Glob.patterns(names)
        let directory = try top.directory(place)
        return try directory.members().flatMap { name, kind -> [Found] in
            if kind == .directory, names.contains(where: { FileName($0) == name }) {
                let inside = try directory.directory(name).members().filter { $0.kind == .regular }
                return [Found(path: name.bytes, isDirectory: true)]
                    + inside.map { Found(path: name.bytes + [UInt8(ascii: "/")] + $0.name.bytes, isDirectory: false) }
            }
            guard kind == .regular, globs.contains(where: { $0.matches(name.bytes) }) else { return [] }
            return [Found(path: name.bytes, isDirectory: false)]
        }
    }

    /// The first pattern that matches the file or a directory above it.
    private func pattern(of patterns: ExcludePatterns, leavingOut file: Found, in path: DataPath) -> Int? {
        let root = mountPoint.hasSuffix("/") ? String(mountPoint.dropLast()) : mountPoint
        let source = path.pathOnVolume.isEmpty ? root : "\(root)/\(path.pathOnVolume)"
        let slash = UInt8(ascii: "/")
        let whole = Array(source.utf8) + (file.path.isEmpty ? [] : [slash] + file.path)
        guard !source.isBelow(sources.datadir) else {
            return first(of: patterns, whole.below(sources.datadir), isDirectory: file.isDirectory)
        }
        guard let tree = sources.outside.first(where: { $0.holds(String(decoding: whole, as: UTF8.self)) }) else {
            return nil
        }
        let place = Array((SourceTrees.outsidePrefix + tree.path).utf8.dropFirst("./".utf8.count))
        let below = whole.below(tree.source)
        // The directory outside may be left out as a whole.
        guard let end = place.lastIndex(of: slash) else { return nil }
        let isDirectory = !below.isEmpty || file.isDirectory
        if let index = patterns.matching(
            Array(place[(end + 1)...]),
            in: Array(place[..<end]),
            isDirectory: isDirectory
        ).first {
            return index
        }
        return first(of: patterns, below, in: place, isDirectory: file.isDirectory)
    }

    private func first(
        of patterns: ExcludePatterns,
        _ path: [UInt8],
        in place: [UInt8] = [],
        isDirectory: Bool
    ) -> Int? {
        let ends = path.indices.filter { path[$0] == UInt8(ascii: "/") } + (path.isEmpty ? [] : [path.count])
        for end in ends {
            let isAbove = end < path.count
            let found = patterns.matching(Array(path[..<end]), in: place, isDirectory: isAbove || isDirectory)
            if let index = found.first { return index }
        }
        return nil
    }
}

extension [UInt8] {
    /// The path relative to a directory above it.
    fileprivate func below(_ directory: String) -> [UInt8] {
        Array(dropFirst(directory.utf8.count).drop { $0 == UInt8(ascii: "/") })
    }
}
