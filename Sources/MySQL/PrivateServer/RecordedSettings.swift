import Host

/// Settings of a server that its backup set records: another server needs them to start on the data.
struct RecordedSettings: Sendable {
    /// The data directory as the backed-up server named it.
    let datadir: String
    /// Directories of data outside the data directory that the set has, and symbolic links that lead to them.
    let outside: [String]
    let values: [String: String]

    /// Settings of the binary log: it decides about prepared transactions of data that was not recovered.
    private static let binlog = ["log_bin", "log_bin_basename", "log_bin_index"]

    private static let others = ["innodb_data_home_dir", "innodb_buffer_pool_size"]

    /// Settings whose value is one path, or several paths.
    private static let paths: Set<String> = [
        "innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_undo_directory", "innodb_doublewrite_dir",
        "aria_log_dir_path", "rocksdb_datadir", "rocksdb_wal_dir", "log_bin_basename",
        "log_bin_index", "innodb_data_file_path",
    ]

    /// The variables of a server that a set records.
    ///
    /// Settings of key plug-ins are left out: they may be secrets.
    static func of(_ variables: ServerVariables) -> [String: String] {
        variables.values.filter { name, value in
            // An empty home directory differs from none.
            (names.contains(name) && !value.isEmpty) || (name == "innodb_data_home_dir" && value.isEmpty)
        }
    }

    private static let names = Set(RecoveryOptionFile.demanded + binlog + others)

    /// The variables of a private server on the data.
    ///
    /// The set may come from anywhere: a setting that is not among the known ones is left out.
    ///
    /// - Parameter place: the data directory of the private server.
    /// - Throws: ``MySQLError/foreignPath(_:setting:)`` for a path that leads out of the set's data.
    func variables(at place: String) throws -> ServerVariables {
        var own: [String: String] = ["datadir": place]
        let known = hasBinlog ? Self.names : Self.names.subtracting(Self.binlog)
        for (name, value) in values where known.contains(name) {
            own[name] = Self.paths.contains(name) ? try moved(value, of: name, to: place) : value
        }
        own[Self.searched] = values[Self.searched].flatMap { searched($0, at: place) }
        return ServerVariables(own)
    }

    /// The directories in which MySQL searches for tablespaces: those of the set's data in them; nil for none.
    ///
    /// What else is in them is no data of the set.
    private func searched(_ list: String, at place: String) -> String? {
        let own = list.split(separator: ";").flatMap { path -> [String] in
            let entry = FilePath.normalized(FilePath.absolute(String(path), below: datadir))
            if FilePath.isInside(entry, datadir) {
                return [FilePath.normalized(place + entry.dropFirst(datadir.count))]
            }
            if outside.contains(where: { FilePath.isInside(entry, $0) }) { return [entry] }
            return outside.filter { FilePath.isInside($0, entry) }
        }
        return own.isEmpty ? nil : own.joined(separator: ";")
    }

    private static let searched = "innodb_directories"

    /// Whether the binary log is in the set: on a volume of its own it is not, and the copy recovers without it.
    private var hasBinlog: Bool {
        ["log_bin_basename", "log_bin_index"].allSatisfy { name in
            values[name].map { home(of: $0) }.map { path in
                FilePath.isInside(path, datadir) || outside.contains { FilePath.isInside(path, $0) }
            } ?? true
        }
    }

    /// Where a path of the recorded server led.
    private func home(of path: String) -> String {
        FilePath.normalized(path.isAbsolutePath ? path : FilePath.absolute(path, below: datadir))
    }

    /// A list of paths, each with its attributes after a colon.
    private func moved(_ list: String, of name: String, to place: String) throws -> String {
        try list.split(separator: ";").map { entry in
            let parts = entry.split(separator: ":", maxSplits: 1)
            guard let path = parts.first else { return "" }
            let new = try moved(path: String(path), of: name, to: place)
            return ([new] + parts.dropFirst().map(String.init)).joined(separator: ":")
        }.joined(separator: ";")
    }

    /// Relative paths are the server's own; but none leads upwards.
    private func moved(path: String, of name: String, to place: String) throws -> String {
        let plain = home(of: path)
        if FilePath.isInside(plain, datadir) {
            return path.isAbsolutePath ? FilePath.normalized(place + plain.dropFirst(datadir.count)) : path
        }
        guard outside.contains(where: { FilePath.isInside(plain, $0) }) else {
            throw MySQLError.foreignPath(path, setting: name)
        }
        return plain
    }

    /// Names of libraries in the server's own directory of plug-ins.
    static func libraries(_ names: [String]) -> [String] {
        let others = "_.-".unicodeScalars
        return names.filter { name in
            name.hasSuffix(".so")
                && name.unicodeScalars.allSatisfy { scalar in
                    scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                        || others.contains(scalar)
                }
        }
    }
}
