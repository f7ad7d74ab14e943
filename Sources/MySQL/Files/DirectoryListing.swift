#if canImport(Glibc)
    import Glibc
#endif

/// What lies in a directory.
struct DirectoryListing: Sendable {
    struct Entry: Sendable {
        let name: String
        let isLink: Bool
        let isDirectory: Bool
    }

    let entries: [Entry]

    /// - Throws: ``MySQLError/system(_:on:reason:)``.
    init(of directory: String) throws {
        guard let stream = opendir(directory) else { throw MySQLError.last("opendir", directory) }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let type = Int(entry.pointee.d_type)
            entries.append(Entry(name: name, isLink: type == Int(DT_LNK), isDirectory: type == Int(DT_DIR)))
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
