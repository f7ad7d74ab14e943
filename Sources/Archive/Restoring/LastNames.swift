internal import Host

/// The files without which no server starts, or not on this data: they get their names when everything else is on the
/// disk.
///
/// As long as a restore is incomplete, a short text has the names of ``placeholders``. Without them MariaDB would make new
/// files (measured, MariaDB 10.11).
enum LastNames {
    /// Behind the name of a file that waits for its own.
    static let suffix = ".lvmbackup-incomplete"
    /// In the order in which the text gets the names; the files get them in reverse order.
    ///
    /// - `ibdata1`: InnoDB refuses to start with the text, with and without a redo log (measured, MariaDB 10.11 and MySQL
    ///   9.7.4).
    /// - `mysql.ibd`: MySQL refuses to start with the text. With another name in `innodb_data_file_path` it does not read
    ///   `ibdata1` (measured, 9.7.4). It does not start without the file, and makes no new one.
    /// - `aria_log_control`: MariaDB refuses to start with the text. It needs Aria, but not InnoDB's `ibdata1`: with
    ///   `innodb=OFF`, or with another name in `innodb_data_file_path`, it starts on the rest of a data directory (measured,
    ///   10.11).
    static let placeholders: [FileName] = ["ibdata1", "mysql.ibd", "aria_log_control"]
    /// The text has this name only where an earlier server's file has it.
    static let inPlaceOfOld: FileName = "mysql.ibd"
    static let placeholderText = "lvmbackup: the restore to this directory is incomplete\n"

    /// Whether a member is one of them.
    static func waits(_ path: MemberPath) -> Bool { isOfInnoDB(path) || isPlaceholder(path) }

    /// Whether a member is a system tablespace, a redo log of either layout, or the data dictionary.
    static func isOfInnoDB(_ path: MemberPath) -> Bool {
        guard let last = path.components.last else { return false }
        let name = String(decoding: last, as: UTF8.self)
        if name == "mysql.ibd" || name.hasPrefix("ib_logfile") { return true }
        if name.hasPrefix("ibdata"), name.dropFirst("ibdata".count).allSatisfy(\.isNumber) { return true }
        return name.hasPrefix("#ib_redo") && path.parent.components.last == Array("#innodb_redo".utf8)
    }

    static func isPlaceholder(_ path: MemberPath) -> Bool { placeholders.contains(path.fileName) }

    /// The name under which a file of an earlier server waits for the end, if the set may have no file in its place.
    static func former(_ name: FileName) -> FileName { FileName(bytes: Array(".lvmbackup-former-".utf8) + name.bytes) }

    /// Whether a restore uses the name for a file of its own.
    static func isReserved(_ path: MemberPath) -> Bool {
        path.fileName == IncompleteMarker.name || placeholders.contains { path.fileName == former($0) }
    }

    static func waiting(_ name: FileName) -> FileName { FileName(bytes: name.bytes + Array(suffix.utf8)) }
}
