import Host

#if canImport(Glibc)
    import Glibc
#endif

/// Reads files by path; only regular ones are ever opened, and no symbolic link at the end of a path is followed.
enum FileBytes {
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func size(of path: String) throws -> UInt64 { UInt64(try status(of: path).st_size) }

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func status(of path: String) throws -> stat {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw MySQLError.last("lstat", path) }
        return status
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// - Parameter count: at most so many bytes from `offset` on.
    /// - Throws: `HostError`.
    static func read(_ path: String, from offset: UInt64 = 0, count: Int) throws -> [UInt8] {
        try HeldFile(path).read(from: offset, count: count)
    }

    /// Reads a file of /proc, whose size is not known beforehand; at most 64 KiB.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func readToEnd(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw MySQLError.last("open", path) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        return Array(bytes.prefix(fread(&bytes, 1, bytes.count, file)))
    }
}
