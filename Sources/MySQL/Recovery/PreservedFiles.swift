import Lifecycle

#if canImport(Glibc)
    import Glibc
#endif

/// Files of the copy that a server writes when it starts and stops, but that are to stay as the snapshot had them:
/// binary logs and their index, relay logs, lists of pages, files of state.
struct PreservedFiles: Sendable {
    private struct Saved: Sendable {
        let path: String
        let status: stat
        /// The first bytes; all of a small file that is no log. Logs can be many.
        let head: [UInt8]
        /// The bytes from `tailOffset` on, which a server may cut off.
        let tail: [UInt8]
        let tailOffset: UInt64
    }

    /// Above this size only logs are preserved; of them a server changes a flag in the header, and the end.
    private static let small = 1 << 20
    /// Of a log a server changes no more at its front than a flag.
    private static let header = 4096
    /// What a start may cut off of a log is kept in memory up to this size.
    private static let longestTail = 32 << 20

    private let directories: [String]
    private let names: [String: Set<String>]
    private let saved: [Saved]

    /// - Parameters:
    ///   - directories: in the copy; what lies directly in them is looked at.
    ///   - logs: where each log ends, without what a start may cut off; by path.
    ///   - data: paths that are never touched.
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    init(in directories: [String], logs: [String: UInt64], data: Set<String>) throws {
        var names: [String: Set<String>] = [:]
        var saved: [Saved] = []
        for directory in directories {
            let files = try Self.files(in: directory)
            names[directory] = Set(files)
            for path in files.map({ directory + "/" + $0 }) where !data.contains(path) {
                if let file = try Self.save(path, end: logs[path]) { saved.append(file) }
            }
        }
        self.directories = directories
        self.names = names
        self.saved = saved
    }

    /// Puts everything back, and removes what is new.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    func restore() throws {
        for directory in directories {
            for name in try Self.files(in: directory) where names[directory]?.contains(name) == false {
                try FileBytes.remove(directory + "/" + name)
            }
        }
        for file in saved { try Self.restore(file) }
    }

    /// Regular files that are not the storage engines' own.
    private static func files(in directory: String) throws -> [String] {
        try DirectoryListing(of: directory).entries
            .filter { !$0.isDirectory && !$0.isLink && !isData($0.name) }
            .map(\.name)
    }

    private static func isData(_ name: String) -> Bool {
        let prefixes = [
            "ibdata", "ib_logfile", "ibtmp", "undo", "aria_log", "#", "ddl_recovery", "ddl-recovery", "tc.log",
        ]
        return prefixes.contains { name.hasPrefix($0) } || name.hasSuffix(".ibd") || name.hasSuffix(".ibu")
    }

    /// Nil of a large file that is no log.
    private static func save(_ path: String, end: UInt64?) throws -> Saved? {
        let status = try FileBytes.status(of: path)
        let size = UInt64(status.st_size)
        let isLog = end != nil
        if !isLog, size > UInt64(small) { return nil }
        let end = min(end ?? size, size)
        let isShort = size - end <= UInt64(longestTail)
        return Saved(
            path: path,
            status: status,
            head: try FileBytes.read(path, count: isLog ? header : nil),
            tail: isShort ? try FileBytes.read(path, from: end) : [],
            tailOffset: end
        )
    }

    /// Only what differs is written: an unchanged file is left alone.
    private static func restore(_ file: Saved) throws {
        // Gone means that it is made anew; of a log not enough is kept for that.
        if !FileBytes.exists(file.path) {
            guard file.head.count == Int(file.status.st_size) else {
                throw MySQLError.system("recover", on: file.path, reason: "the recovery server removed it")
            }
            try recreate(file)
        }
        let now = try FileBytes.status(of: file.path)
        let isSame =
            now.st_size == file.status.st_size && now.st_mtim.tv_sec == file.status.st_mtim.tv_sec
            && now.st_mtim.tv_nsec == file.status.st_mtim.tv_nsec
        if isSame { return }
        if now.st_size > file.status.st_size { try FileBytes.truncate(file.path, to: UInt64(file.status.st_size)) }
        try FileBytes.overwrite(file.path, at: 0, with: file.head)
        if !file.tail.isEmpty { try FileBytes.overwrite(file.path, at: file.tailOffset, with: file.tail) }
        try FileBytes.setTimes(file.path, file.status)
    }

    private static func recreate(_ file: Saved) throws {
        try FileBytes.create(file.path, "", mode: file.status.st_mode & 0o7777)
        guard chown(file.path, file.status.st_uid, file.status.st_gid) == 0 else {
            throw MySQLError.last("chown", file.path)
        }
    }
}
