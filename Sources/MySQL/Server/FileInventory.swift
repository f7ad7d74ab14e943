import Lifecycle

/// Which paths belong to the server's data, as its variables say.
struct FileInventory {
    let identity: ServerIdentity
    let variables: ServerVariables

    /// Every path once, the data directory first.
    func files() -> [DataFile] {
        var seen: Set<DataFile> = []
        return ([DataFile(role: .datadir, path: variables.datadir)] + innodb() + plugins() + logs() + temporary())
            .filter { seen.insert($0).inserted }
    }

    /// Files that the server's process holds open.
    ///
    /// One at least lies in the data directory in most layouts: the others may be anywhere on the volume.
    func openFiles() -> [String] {
        var openFiles = systemTablespaces()
        // The data dictionary has no variable for its place.
        if identity.hasInstanceLock { openFiles.append(variables.datadir + "/mysql.ibd") }
        if identity.isMariaDB {
            openFiles.append(redoDirectory + "/ib_logfile0")
            if let aria = variables.path("aria_log_dir_path") { openFiles.append(aria + "/aria_log_control") }
        }
        return openFiles
    }

    /// Files that every copy of the data has: InnoDB's system tablespace or, without InnoDB, Aria's control file.
    var identifying: [String] {
        let tablespaces = systemTablespaces()
        guard tablespaces.isEmpty, let aria = variables.path("aria_log_dir_path") else { return tablespaces }
        return [aria + "/aria_log_control"]
    }

    // MARK: InnoDB

    private func innodb() -> [DataFile] {
        var files = systemTablespaces().map { DataFile(role: .systemTablespace, path: $0) }
        files.append(DataFile(role: .redoLog, path: redoDirectory, names: ["ib_logfile*", "#innodb_redo"]))
        if let undo = variables.path("innodb_undo_directory") {
            files.append(DataFile(role: .undoLog, path: undo, names: ["undo*", "*.ibu"]))
        }
        if let doublewrite { files.append(DataFile(role: .doublewrite, path: doublewrite, names: ["#ib_*dblwr"])) }
        return files
    }

    /// MySQL puts "#" before a relative name, unless it begins with ".", "#" or "/" (measured, 9.7.4: "dblwr" and "a/b"
    /// become "#dblwr" and "#a/b", also where `innodb_data_home_dir` is elsewhere).
    ///
    /// Without the variable the files are in the data directory, or beside the system tablespace (manual of MySQL 8.0).
    private var doublewrite: String? {
        guard let name = variables["innodb_doublewrite_dir"], let first = name.first else {
            return identity.isMariaDB ? nil : variables.path("innodb_data_home_dir")
        }
        return FilePath.absolute(".#/".contains(first) ? name : "#" + name, below: variables.datadir)
    }

    /// The directory below which MySQL 8.0.30 and later have `#innodb_redo`, and others `ib_logfile0`.
    private var redoDirectory: String { variables.path("innodb_log_group_home_dir") ?? variables.datadir }

    /// `innodb_data_file_path` is a list such as "ibdata1:12M;/disk2/ibdata2:50M:autoextend".
    ///
    /// An empty `innodb_data_home_dir` counts as unset here: its paths are then absolute or relative to the data
    /// directory. A server without InnoDB has neither variable (measured, MariaDB 10.11 with `--skip-innodb`).
    func systemTablespaces() -> [String] {
        let home = variables.path("innodb_data_home_dir") ?? variables.datadir
        return Self.paths(in: variables["innodb_data_file_path"] ?? "", below: home)
    }

    private static func paths(in list: String, below home: String) -> [String] {
        list.split(separator: ";").compactMap { specification in
            specification.split(separator: ":").first.map { FilePath.absolute(String($0), below: home) }
        }
    }

    /// The server's own tables, which are in the data directory.
    ///
    /// Of the schema "mysql" all names but those of the logs that are tables, `general_log` and `slow_log`: a server
    /// starts without their rows.
    var systemTables: [DataFile] {
        let schema = DataFile(
            role: .systemTables,
            path: variables.datadir + "/mysql",
            isRequired: false,
            names: ["[!gs]*", "g[!e]*", "s[!l]*", "sl[!o]*"]
        )
        guard identity.hasInstanceLock else { return [schema] }
        return [schema, DataFile(role: .systemTables, path: variables.datadir + "/mysql.ibd", isRequired: false)]
    }

    // MARK: Temporary data

    /// Tablespaces that are made anew at every start, and the tables in directories for temporary files.
    ///
    /// Of a directory only what the server itself puts there counts: the operator may keep other files in it.
    private func temporary() -> [DataFile] {
        let home = variables.path("innodb_data_home_dir") ?? variables.datadir
        var files = Self.paths(in: variables["innodb_temp_data_file_path"] ?? "ibtmp1", below: home)
            .map { DataFile(role: .temporary, path: $0, isRequired: false) }
        if let sessions = variables.path("innodb_temp_tablespaces_dir") {
            files.append(DataFile(role: .temporary, path: sessions, isRequired: false, names: ["temp_*.ibt"]))
        }
        // Not `replica_load_tmpdir`: a replica that is started again needs its files (manual of MySQL).
        let names = ["tmpdir", "innodb_tmpdir", "rocksdb_tmpdir", "tokudb_tmp_dir"]
        for directory in names.flatMap({ (variables[$0] ?? "").split(separator: ":") }) {
            let path = FilePath.absolute(String(directory), below: variables.datadir)
            guard path != FilePath.normalized(variables.datadir) else { continue }
            files.append(DataFile(role: .temporary, path: path, isRequired: false, names: ["#sql*"]))
        }
        return files
    }

    // MARK: Engines that are plug-ins

    /// Without a plug-in the server has no such variables; without directories of their own the files are with the data.
    private func plugins() -> [DataFile] {
        let paths: [(DataFile.Role, String)] = [
            (.tablespace, "rocksdb_datadir"), (.redoLog, "rocksdb_wal_dir"), (.tablespace, "tokudb_data_dir"),
            (.redoLog, "tokudb_log_dir"),
        ]
        return paths.compactMap { role, name in variables.path(name).map { DataFile(role: role, path: $0) } }
            + mroonga()
    }

    /// `mroonga_database_path_prefix` stands before the name of a database's files, such as "shop.mrn", and may end in a
    /// slash or in the beginning of the files' names.
    private func mroonga() -> [DataFile] {
        guard let prefix = variables["mroonga_database_path_prefix"] else { return [] }
        let path = FilePath.absolute(prefix + "x", below: variables.datadir)
        let name = Self.escaped(String(FilePath.name(of: path).dropLast()))
        return [DataFile(role: .tablespace, path: FilePath.directory(of: path), names: [name + "*.mrn*"])]
    }

    // MARK: Logs and keys

    private func logs() -> [DataFile] {
        var files: [DataFile] = []
        if let aria = variables.path("aria_log_dir_path") {
            files.append(DataFile(role: .ariaLog, path: aria, names: ["aria_log*"]))
        }
        // A copy that was taken under a lock recovers without its binary log, and a replica fetches relay logs again.
        if let binlog { files += paths(of: .binlog, binlog.basename, index: binlog.index) }
        if let relay = variables.path("relay_log_basename") {
            files += paths(of: .relayLog, relay, index: variables.path("relay_log_index") ?? relay + ".index")
        }
        files += ReplicaFiles(identity: identity, variables: variables).files
        return files + keyrings.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    /// Path without extension, and path of the index; nil with the binary log off.
    var binlog: (basename: String, index: String)? {
        guard variables.isOn("log_bin"), let basename = variables.path("log_bin_basename") else { return nil }
        return (basename, variables.path("log_bin_index") ?? basename + ".index")
    }

    /// `encrypt_binlog` is MariaDB's name, `binlog_encryption` MySQL's.
    var isBinlogEncrypted: Bool {
        binlog != nil && (variables.isOn("encrypt_binlog") || variables.isOn("binlog_encryption"))
    }

    /// The directories of a log and of its index.
    ///
    /// A relay log may have channels, such as "relay-bin-channel.000001".
    private func paths(of role: DataFile.Role, _ basename: String, index: String) -> [DataFile] {
        [basename, Self.stem(of: index)].map { path in
            let name = Self.escaped(FilePath.name(of: path))
            return DataFile(
                role: role,
                path: FilePath.directory(of: path),
                isRequired: false,
                names: [name, name + ".*"] + (role == .relayLog ? [name + "-*"] : [])
            )
        }
    }

    private static func stem(of path: String) -> String {
        path.hasSuffix(".index") ? String(path.dropLast(".index".count)) : path
    }

    /// A name as a shell pattern that matches nothing else.
    static func escaped(_ name: String) -> String {
        name.unicodeScalars.reduce(into: "") { $0 += "\\*?[".unicodeScalars.contains($1) ? "\\\($1)" : "\($1)" }
    }

    /// Key files by the plug-in that reads them.
    var keyrings: [String: [DataFile]] {
        let paths = [
            "file_key_management": [variables.path("file_key_management_filename"), filekeyPath],
            "keyring_file": [variables.path("keyring_file_data")],
            "keyring_encrypted_file": [variables.path("keyring_encrypted_file_data")],
        ]
        return paths.mapValues { $0.compactMap(\.self).map { DataFile(role: .keyring, path: $0, isRequired: false) } }
    }

    /// The file with the password of MariaDB's key file, such as "FILE:/etc/mysql/keyfile.key".
    ///
    /// Any other value is the password itself.
    private var filekeyPath: String? {
        let prefix = "FILE:"
        guard let value = variables["file_key_management_filekey"], value.hasPrefix(prefix), value != prefix else {
            return nil
        }
        return FilePath.absolute(String(value.dropFirst(prefix.count)), below: variables.datadir)
    }
}
