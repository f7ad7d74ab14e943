internal import Host

/// The files without which no server starts, or not on this data: they get their names when everything else is on the
/// disk.
///
/// A MariaDB server without `ibdata1` and redo log would make new ones. As long as a restore is incomplete, a short text
/// has the name `ibdata1`: InnoDB refuses to start with that and without a redo log (measured, MariaDB 10.11).
enum LastNames {
    /// Behind the name of a file that waits for its own.
    static let suffix = ".lvmbackup-incomplete"
    static let placeholder: FileName = "ibdata1"
    static let placeholderText = "lvmbackup: the restore to this directory is incomplete\n"

    /// Whether a member is one of them: system tablespaces, redo logs of both layouts, the data dictionary.
    static func waits(_ path: MemberPath) -> Bool {
        guard let last = path.components.last else { return false }
        let name = String(decoding: last, as: UTF8.self)
        if name == "mysql.ibd" || name.hasPrefix("ib_logfile") { return true }
        if name.hasPrefix("ibdata"), name.dropFirst("ibdata".count).allSatisfy(\.isNumber) { return true }
        return name.hasPrefix("#ib_redo") && path.parent.components.last == Array("#innodb_redo".utf8)
    }

    static func waiting(_ name: FileName) -> FileName { FileName(bytes: name.bytes + Array(suffix.utf8)) }
}
