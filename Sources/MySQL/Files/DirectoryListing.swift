#if canImport(Glibc)
    import Glibc
#endif

/// What lies in a directory, but for names that are not UTF-8: no server gives a file one, or looks for it.
struct DirectoryListing: Sendable {
    struct Entry: Sendable {
        let name: String
        let isLink: Bool
        let isDirectory: Bool

        /// - Parameter type: as the directory has it; some file systems, such as XFS without ftype, don't have it.
        init(_ name: String, type: Int, in directory: String) {
            self.name = name
            guard type == Int(DT_UNKNOWN) else {
                isLink = type == Int(DT_LNK)
                isDirectory = type == Int(DT_DIR)
                return
            }
            // Gone meanwhile it is neither.
            let mode = (try? FileBytes.status(of: directory + "/" + name).st_mode) ?? 0
            isLink = mode & S_IFMT == S_IFLNK
            isDirectory = mode & S_IFMT == S_IFDIR
        }
    }

    let entries: [Entry]

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    init(of directory: String) throws {
        guard let stream = opendir(directory) else { throw MySQLError.last("opendir", directory) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            guard let name, name != ".", name != ".." else { continue }
            entries.append(Entry(name, type: Int(entry.pointee.d_type), in: directory))
        }
        self.entries = entries
    }

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    static func names(in directory: String) throws -> [String] { try Self(of: directory).entries.map(\.name) }
}

extension MySQLError {
    /// The failure of the system call that just returned.
    static func last(_ call: String, _ thing: String) -> Self {
        .system(call, on: thing, reason: String(cString: strerror(errno)).lowercased())
    }
}
