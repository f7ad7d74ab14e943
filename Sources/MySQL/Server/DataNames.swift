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
    static func isData(_ name: FileName) -> Bool {
        let name = name.description
        if names.contains(name) || prefixes.contains(where: { name.hasPrefix($0) }) || isUndo(name) { return true }
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return false }
        let suffix = String(name[name.index(after: dot)...])
        // Mroonga numbers its files, such as "shop.mrn.0000100", and MyRocks its logs, such as "000012.log".
        let isNumbered = name.contains(".mrn.") || (suffix == "log" && name[..<dot].allSatisfy(\.isNumber))
        return suffixes.contains(suffix) || isNumbered
    }

    /// MariaDB's "undo001" and MySQL's "undo_001".
    private static func isUndo(_ name: String) -> Bool {
        guard name.hasPrefix("undo") else { return false }
        let digits = name.dropFirst(4).drop { $0 == "_" }
        return digits.count >= 3 && digits.allSatisfy(\.isNumber)
    }
}
