import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// What only the data directory itself tells: symbolic links out of it, and files of engines that need a lock.
struct DirectoryScan: Sendable, Equatable {
    /// Where links lead, as absolute paths.
    var links: [String] = []
    /// How many data files of engines that need a lock lie in users' databases.
    var tables: [String: Int] = [:]

    /// Looks at the data directory and the databases in it, without following links.
    ///
    /// - Parameters:
    ///   - datadir: as the server sees it.
    ///   - root: where the server's root directory is seen from here, "" where it is ours.
    /// - Throws: ``MySQLError/system(_:on:reason:)`` where the data directory itself can't be read.
    init(datadir: String, root: String = "") throws {
        for entry in try DirectoryListing(of: root + datadir).entries {
            let path = datadir + "/" + entry.name
            if entry.isLink { add(linkAt: path, root) }
            guard entry.isDirectory else { continue }
            // A database that was dropped meanwhile is none.
            let files = (try? DirectoryListing(of: root + path).entries) ?? []
            for file in files {
                if file.isLink { add(linkAt: path + "/" + file.name, root) }
                note(file.name, database: entry.name)
            }
        }
    }

    private mutating func note(_ file: String, database: String) {
        guard !EngineInventory.systemSchemas.contains(database), let dot = file.lastIndex(of: ".") else { return }
        if let engine = EngineInventory.fileSuffixes[String(file[dot...].dropFirst())] {
            tables[engine, default: 0] += 1
        }
    }

    private mutating func add(linkAt path: String, _ root: String) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(root + path, &buffer, buffer.count - 1)
        guard length > 0 else { return }
        let target = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
        links.append(FilePath.absolute(target, below: FilePath.directory(of: path)))
    }
}
