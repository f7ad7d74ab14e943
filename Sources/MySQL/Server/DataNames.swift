import Host

/// The names that storage engines give their files, from the manuals of MySQL 8.0 to 9.7 and MariaDB 10.4 to 11.8.
enum DataNames {
    private static let suffixes: Set<String> = [
        // InnoDB: tables, undo and temporary tablespaces, places of remote tables.
        "ibd", "ibu", "ibt", "isl",
        // MyISAM, Aria, MERGE, CSV, ARCHIVE, and the files that they are rebuilt into.
        "MYD", "MYI", "MAD", "MAI", "MRG", "CSV", "CSM", "ARZ", "ARM", "ARN", "TMD",
        // Definitions, partitions, triggers.
        "frm", "par", "sdi", "TRG", "TRN",
        // MyRocks, TokuDB, Mroonga.
        "sst", "tokudb", "mrn",
    ]
    private static let prefixes = [
        "ibdata", "ib_logfile", "#ib_", "#innodb_redo", "#rocksdb", "#sql", "aria_log", "MANIFEST-", "OPTIONS-",
        "ddl_recovery", "ddl-recovery", "ddl_log",
    ]
    private static let names: Set<String> = [
        "db.opt", "auto.cnf", "mysqld-auto.cnf", "tc.log", "CURRENT", "master.info", "relay-log.info",
        "multi-master.info",
    ]

    /// Whether a server would take a file of this name for its data or state.
    ///
    /// - Parameter directory: the names in its directory; nil where they are not known.
    static func isData(_ name: FileName, in directory: [FileName]? = nil) -> Bool {
        let name = name.description
        if names.contains(name) || prefixes.contains(where: { name.hasPrefix($0) }) || isUndo(name) { return true }
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        let suffix = String(name[name.index(after: dot)...])
        // Mroonga numbers its files, such as "shop.mrn.0000100".
        return suffixes.contains(suffix) || name.contains(".mrn.") || isRocksDBLog(name, in: directory)
    }

    /// Whether only tables of sessions have such a name, which are made anew at a start: those of `tmpdir`,
    /// `innodb_temp_data_file_path` and `innodb_temp_tablespaces_dir`.
    static func isTemporary(_ name: FileName) -> Bool {
        let name = name.description
        return name.hasPrefix("#sql") || name.hasPrefix("ibtmp") || name.hasPrefix("temp_") && name.hasSuffix(".ibt")
    }

    /// MyRocks numbers its logs by six digits, such as "000012.log", and has its manifest beside them.
    ///
    /// Other programs name their logs by dates, such as "20261128.log" and "202611.log".
    private static func isRocksDBLog(_ name: String, in directory: [FileName]?) -> Bool {
        let digits = name.dropLast(".log".count)
        guard name.hasSuffix(".log"), digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return false
        }
        return directory?.contains { $0 == "CURRENT" || $0.description.hasPrefix("MANIFEST-") } ?? true
    }

    /// MariaDB's "undo001" and MySQL's "undo_001".
    private static func isUndo(_ name: String) -> Bool {
        guard name.hasPrefix("undo") else { return false }
        let digits = name.dropFirst(4).drop { $0 == "_" }
        return digits.count >= 3 && digits.allSatisfy(\.isNumber)
    }
}
