#if canImport(Glibc)
    import Glibc
#endif

/// Small acts on files that have to stay byte for byte, with their times and owners.
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

    /// - Parameter count: at most so many bytes from `offset` on; nil: all of them.
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func read(_ path: String, from offset: UInt64 = 0, count: Int? = nil) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MySQLError.last("open", path) }
        defer { close(descriptor) }
        let available = Int(clamping: try size(of: path)) - Int(clamping: offset)
        var bytes = [UInt8](repeating: 0, count: max(0, min(available, count ?? available)))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + filled, buffer.count - filled, off_t(offset) + off_t(filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw MySQLError.last("read", path) }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }

    /// Reads a file whose size isn't known beforehand, such as one of /proc; at most 64 KiB.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func readToEnd(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "re") else { throw MySQLError.last("open", path) }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        return Array(bytes.prefix(fread(&bytes, 1, bytes.count, file)))
    }

    /// Overwrites bytes at a place, in a file that exists.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func overwrite(_ path: String, at offset: UInt64, with bytes: [UInt8]) throws {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw MySQLError.last("open", path) }
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            let put = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor,
                    buffer.baseAddress! + written,
                    buffer.count - written,
                    off_t(offset) + off_t(written)
                )
            }
            if put < 0, errno == EINTR { continue }
            guard put >= 0 else { throw MySQLError.last("write", path) }
            written += put
        }
    }

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func truncate(_ path: String, to size: UInt64) throws {
        guard Glibc.truncate(path, off_t(size)) == 0 else { throw MySQLError.last("truncate", path) }
    }

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func setTimes(_ path: String, _ status: stat) throws {
        let times = [status.st_atim, status.st_mtim]
        guard utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw MySQLError.last("utimensat", path)
        }
    }

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw MySQLError.last("unlink", path) }
    }

    /// Writes a new file, whose name must be free.
    ///
    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func create(_ path: String, _ text: String, mode: mode_t = 0o600) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw MySQLError.last("create", path) }
        close(descriptor)
        try overwrite(path, at: 0, with: Array(text.utf8))
    }
}
