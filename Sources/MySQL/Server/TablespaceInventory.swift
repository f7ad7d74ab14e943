import Glibc
import Lifecycle

/// InnoDB's tablespaces outside the data directory, as the data dictionary names them.
enum TablespaceInventory {
    /// Which dictionary tables there are differs by product and release.
    static let dictionaries = """
        SELECT `TABLE_NAME`, `COLUMN_NAME` FROM `information_schema`.`COLUMNS` \
        WHERE `TABLE_SCHEMA` = 'information_schema' AND (`TABLE_NAME`, `COLUMN_NAME`) IN (('INNODB_SYS_TABLESPACES', 'FILENAME'), ('INNODB_SYS_DATAFILES', 'PATH'), \
        ('INNODB_DATAFILES', 'PATH'))
        """

    /// The statements that list the files, for the dictionary tables that this server has.
    static func statements(_ rows: Rows) -> [String] {
        rows.compactMap { row in
            guard let table = row["table_name"], let column = row["column_name"] else { return nil }
            return "SELECT \(column.quotedAsName) AS `path` FROM `information_schema`.\(table.quotedAsName)"
        }
    }

    /// The files outside the data directory, each once; without the known ones and temporary tablespaces.
    static func remote(_ paths: [String], datadir: String, known: [DataFile]) -> [DataFile] {
        let temporary = known.filter { $0.role == .temporary }
        let known = Set(known.map(\.path))
        let outside = paths.map { FilePath.absolute($0, below: datadir) }.filter { path in
            !FilePath.isInside(path, datadir) && !known.contains(path) && !temporary.contains { $0.covers(path) }
        }
        return Set(outside).sorted().map { DataFile(role: .tablespace, path: $0) }
    }
}

extension DataFile {
    /// Whether a path is this file or, of a directory, one of its files with these names.
    ///
    /// A directory for temporary files may hold tables, too.
    fileprivate func covers(_ path: String) -> Bool {
        guard let names else { return path == self.path }
        return FilePath.directory(of: path) == self.path
            && names.contains { fnmatch($0, FilePath.name(of: path), FNM_PERIOD) == 0 }
    }
}
